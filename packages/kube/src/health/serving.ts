import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '../object.ts';
import type { Verdict } from './verdict.ts';

/** What a serving check may look at. Answers come from watches the caller keeps; undefined and [] mean "not there (yet)". */
export interface ServingLookup {
  service(namespace: string, name: string): KubeObject | undefined;
  /** EndpointSlices that carry `kubernetes.io/service-name` of this Service. */
  endpointSlices(namespace: string, service: string): readonly KubeObject[];
}

interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

const rule = 'serving';
const serves: Verdict = { state: 'ready', message: 'serving', rule };

/**
 * Whether something answers behind an object: for webhook configurations and CRDs with a conversion webhook, the Service has a ready address and
 * the CA bundle is in place; for an APIService it is Available; for a Service it has a ready address. Other kinds serve as soon as they are there.
 */
export function assessServing(object: KubeObject, lookup: ServingLookup): Verdict {
  switch (object.kind) {
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return webhookConfiguration(object, lookup);
    case 'CustomResourceDefinition':
      return conversion(object, lookup);
    case 'Service':
      return serviceObject(object, lookup);
    default:
      return serves;
  }
}

/** Services an object's serving check asks about: what a gate has to watch. */
export function servicesBehind(object: KubeObject): readonly ServiceRef[] {
  if (object.kind === 'Service') return [{ namespace: namespaceOf(object), name: object.metadata.name }];
  const clients =
    object.kind === 'CustomResourceDefinition'
      ? [conversionClient(object)]
      : webhooksOf(object).map((hook) => hook['clientConfig']);
  return clients.flatMap((client) => serviceOf(client) ?? []);
}

function webhookConfiguration(object: KubeObject, lookup: ServingLookup): Verdict {
  for (const hook of webhooksOf(object)) {
    // A hook that is ignored when it fails holds nobody up.
    if (hook['failurePolicy'] === 'Ignore' || isNeverCalled(hook)) continue;
    const verdict = client(hook['clientConfig'], lookup, `webhook ${nameOf(hook)}`);
    if (verdict.state !== 'ready') return verdict;
  }
  return serves;
}

/** A match condition that is constantly false takes a webhook out of service without removing it; rehearsals do that. */
function isNeverCalled(hook: JsonObject): boolean {
  const conditions = hook['matchConditions'];
  return Array.isArray(conditions) && conditions.some((condition) => fieldAt(condition, 'expression') === 'false');
}

function conversion(object: KubeObject, lookup: ServingLookup): Verdict {
  return fieldAt(object, 'spec', 'conversion', 'strategy') === 'Webhook'
    ? client(conversionClient(object), lookup, 'conversion webhook')
    : serves;
}

function serviceObject(object: KubeObject, lookup: ServingLookup): Verdict {
  const selects = fieldAt(object, 'spec', 'selector');
  if (!isObject(selects) || Object.keys(selects).length === 0) return serves;
  return endpoints({ namespace: namespaceOf(object), name: object.metadata.name }, lookup, 'Service');
}

function client(config: Json | undefined, lookup: ServingLookup, who: string): Verdict {
  const service = serviceOf(config);
  if (service === undefined) return serves;
  if (!hasCaBundle(config)) return waits(`${who} has no CA bundle yet`);
  if (lookup.service(service.namespace, service.name) === undefined) {
    return waits(`${who} points at Service ${service.namespace}/${service.name}, which does not exist`);
  }
  return endpoints(service, lookup, `${who}: Service`);
}

function endpoints({ namespace, name }: ServiceRef, lookup: ServingLookup, who: string): Verdict {
  const ready = lookup.endpointSlices(namespace, name).some((slice) => readyAddresses(slice) > 0);
  return ready ? serves : waits(`${who} ${namespace}/${name} has no ready address`);
}

/** Ready addresses of an EndpointSlice; a missing `ready` counts as ready, as the API defines it. */
function readyAddresses(slice: KubeObject): number {
  const list = slice['endpoints'];
  if (!Array.isArray(list)) return 0;
  const ready = list.filter((endpoint) => fieldAt(endpoint, 'conditions', 'ready') !== false);
  return ready.reduce((sum, endpoint) => sum + sizeOf(fieldAt(endpoint, 'addresses')), 0);
}

/** The API server never reaches a Service without one; charts ship a line break (`Cg==`) as a place holder for their injector. */
function hasCaBundle(config: Json | undefined): boolean {
  const bundle = fieldAt(config, 'caBundle');
  return typeof bundle === 'string' && Buffer.from(bundle, 'base64').toString('utf8').trim() !== '';
}

function serviceOf(config: Json | undefined): ServiceRef | undefined {
  const namespace = fieldAt(config, 'service', 'namespace');
  const name = fieldAt(config, 'service', 'name');
  return typeof namespace === 'string' && typeof name === 'string' ? { namespace, name } : undefined;
}

function webhooksOf(object: KubeObject) {
  const list = object['webhooks'];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

const conversionClient = (object: KubeObject) => fieldAt(object, 'spec', 'conversion', 'webhook', 'clientConfig');
const sizeOf = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 0);
const waits = (message: string): Verdict => ({ state: 'progressing', message, rule });

const nameOf = (hook: JsonObject): string => (typeof hook['name'] === 'string' ? hook['name'] : '');

function namespaceOf(object: KubeObject): string {
  const namespace = object.metadata['namespace'];
  return typeof namespace === 'string' ? namespace : 'default';
}
