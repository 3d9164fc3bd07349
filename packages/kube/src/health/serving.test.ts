import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '@cluster-forge/base';
import type { KubeObject } from '../object.ts';
import { assessServing, servicesBehind, type ServingLookup } from './serving.ts';

const slice = (endpoints: Json): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 's' },
  endpoints,
});
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'hook', namespace: 'n' },
  spec: { selector: { a: 'b' } },
};
const up = slice([{ addresses: ['10.0.0.1'], conditions: { ready: true } }]);
const unready = slice([{ addresses: ['10.0.0.1'], conditions: { ready: false } }]);

const lookup = (known: boolean, slices: readonly KubeObject[]): ServingLookup => ({
  service: (namespace, name) => (known && namespace === 'n' && name === 'hook' ? service : undefined),
  endpointSlices: () => slices,
});
const bundle = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');
const client = (caBundle?: string) => ({
  service: { namespace: 'n', name: 'hook' },
  ...(caBundle === undefined ? {} : { caBundle }),
});
const hooks = (...webhooks: readonly JsonObject[]): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'w' },
  webhooks,
});
const hook = (clientConfig: JsonObject, more: JsonObject = {}) => hooks({ name: 'v.x.io', clientConfig, ...more });
const crd = (clientConfig: JsonObject): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'c' },
  spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig } } },
});

describe('serving', () => {
  it.each([
    ['webhook with everything', hook(client(bundle)), lookup(true, [up]), 'ready', 'serving'],
    [
      'webhook without CA bundle',
      hook(client()),
      lookup(true, [up]),
      'progressing',
      'webhook v.x.io has no CA bundle yet',
    ],
    [
      'webhook with a place holder for it',
      hook(client('Cg==')),
      lookup(true, [up]),
      'progressing',
      'webhook v.x.io has no CA bundle yet',
    ],
    [
      'webhook without Service',
      hook(client(bundle)),
      lookup(false, []),
      'progressing',
      'webhook v.x.io points at Service n/hook, which does not exist',
    ],
    [
      'webhook without endpoints',
      hook(client(bundle)),
      lookup(true, []),
      'progressing',
      'webhook v.x.io: Service n/hook has no ready address',
    ],
    [
      'webhook whose endpoints are not ready',
      hook(client(bundle)),
      lookup(true, [unready]),
      'progressing',
      'webhook v.x.io: Service n/hook has no ready address',
    ],
    ['webhook nobody minds', hook(client(), { failurePolicy: 'Ignore' }), lookup(false, []), 'ready', 'serving'],
    [
      'webhook that is never called',
      hook(client(), { matchConditions: [{ name: 'x', expression: 'false' }] }),
      lookup(false, []),
      'ready',
      'serving',
    ],
    ['webhook by URL', hook({ url: 'https://hook.example/' }), lookup(false, []), 'ready', 'serving'],
    ['no webhooks', hooks(), lookup(false, []), 'ready', 'serving'],
    ['CRD with a conversion webhook', crd(client(bundle)), lookup(true, [up]), 'ready', 'serving'],
    [
      'CRD whose conversion nobody serves',
      crd(client(bundle)),
      lookup(true, []),
      'progressing',
      'conversion webhook: Service n/hook has no ready address',
    ],
    ['Service with a ready address', service, lookup(true, [up]), 'ready', 'serving'],
    [
      'Service whose readiness is left open',
      service,
      lookup(true, [slice([{ addresses: ['10.0.0.1'] }])]),
      'ready',
      'serving',
    ],
    ['Service without any', service, lookup(true, []), 'progressing', 'Service n/hook has no ready address'],
    ['Service without selector', { ...service, spec: {} }, lookup(true, []), 'ready', 'serving'],
    ['anything else', { ...service, kind: 'Deployment' }, lookup(false, []), 'ready', 'serving'],
  ] as const)('%s', (...[, object, look, state, message]) => {
    expect(assessServing(object, look)).toEqual({ state, message, rule: 'serving' });
  });

  it('names the Services a gate has to watch', () => {
    const ref = [{ namespace: 'n', name: 'hook' }];
    expect(servicesBehind(hook(client()))).toEqual(ref);
    expect(servicesBehind(crd(client()))).toEqual(ref);
    expect(servicesBehind(service)).toEqual(ref);
    expect(servicesBehind(hook({ url: 'https://x/' }))).toEqual([]);
  });
});
