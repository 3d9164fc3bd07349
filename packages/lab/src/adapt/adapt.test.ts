import { describe, expect, test } from 'vitest';
import { manifestOfText } from '@cluster-forge/kube/manifest/read-manifests';
import { adaptForLab } from './adapt.ts';

const adapt = (text: string) => adaptForLab(manifestOfText(text));

const crd = (conversion: string, before = '') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
${before}${conversion}  group: example.com
  names:
    kind: Widget
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        properties:
          conversion:
            type: object
`;

const webhookConversion = `  conversion:
    strategy: Webhook
    webhook:
      clientConfig:
        service:
          name: x
          namespace: y
      conversionReviewVersions:
      - v1
`;

describe('conversion of a CRD', () => {
  test('becomes None in the text, everything else byte by byte the same', () => {
    const { manifest, notes } = adapt(crd(webhookConversion));
    expect(manifest.text).toBe(crd('  conversion:\n    strategy: None\n'));
    expect(notes).toMatchObject([
      {
        object: { kind: 'CustomResourceDefinition', name: 'widgets.example.com' },
        what: expect.stringContaining('not converted'),
      },
    ]);
  });

  test.each([
    ['none at all', crd('')],
    ['None already', crd('  conversion:\n    strategy: None\n')],
    ['a property that looks like one', crd('').replace('            type: object', '            strategy: Webhook')],
    ['a property of that name only', crd('', '  # conversion: of a sort\n')],
  ])('%s: the same manifest comes back', (_, text) => {
    const manifest = manifestOfText(text);
    expect(adaptForLab(manifest)).toEqual({ manifest, notes: [] });
  });

  test.each([
    ['flow style', '  conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: x, namespace: y}}}}\n'],
    ['quoted key', '  "conversion":\n    strategy: Webhook\n'],
    ['anchor', '  conversion: &c\n    strategy: Webhook\n'],
    ['flow inside', '  conversion:\n    strategy: Webhook\n    webhook: {clientConfig: {}}\n'],
  ])('%s is read by the parser', (_, conversion) => {
    const { manifest, notes } = adapt(crd(conversion));
    expect(manifest.object['spec']).toMatchObject({ conversion: { strategy: 'None' }, group: 'example.com' });
    expect(notes).toHaveLength(1);
  });

  test('a document that is JSON', () => {
    const { manifest } = adapt(
      '{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a.b"},"spec":{"conversion":{"strategy":"Webhook"}}}',
    );
    expect(manifest.object['spec']).toEqual({ conversion: { strategy: 'None' } });
  });
});

describe('webhooks', () => {
  const configuration = (kind: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}
metadata: {name: hooks}
webhooks:
- name: a.example.com
  clientConfig: {service: {name: x, namespace: y}}
  matchConditions: [{name: mine, expression: 'true'}]
- name: b.example.com
  clientConfig: {url: 'https://127.0.0.1:1/x'}
`;

  test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])(
    '%s: those behind a Service get a condition that never holds',
    (kind) => {
      const { manifest, notes } = adapt(configuration(kind));
      expect(manifest.object['webhooks']).toMatchObject([
        {
          name: 'a.example.com',
          matchConditions: [
            { name: 'mine', expression: 'true' },
            { name: 'detached-in-lab', expression: 'false' },
          ],
        },
        { name: 'b.example.com', clientConfig: { url: 'https://127.0.0.1:1/x' } },
      ]);
      expect(notes.map(({ what }) => what)).toEqual(['webhook a.example.com is never called']);
    },
  );

  test('twice is as once', () => {
    const once = adapt(configuration('ValidatingWebhookConfiguration')).manifest;
    expect(adaptForLab(once).manifest.object).toEqual(once.object);
  });
});

describe('APIServices', () => {
  const service = (spec: string) =>
    `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x.io}\nspec: {group: x.io, version: v1, ${spec}}\n`;

  test('lose their server and what only goes with one', () => {
    const { manifest, notes } = adapt(
      service('insecureSkipTLSVerify: true, caBundle: QQ==, service: {name: a, namespace: b}'),
    );
    expect(manifest.object['spec']).toEqual({ group: 'x.io', version: 'v1' });
    expect(notes).toHaveLength(1);
  });

  test('that are local stay', () => {
    expect(adapt(service('versionPriority: 1')).notes).toEqual([]);
  });
});

test('other kinds are not even parsed', () => {
  const manifest = { ...manifestOfText('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n') };
  Object.defineProperty(manifest, 'object', {
    get: () => {
      throw new Error('parsed');
    },
  });
  expect(adaptForLab(manifest).manifest).toBe(manifest);
});
