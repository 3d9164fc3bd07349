import { describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest/manifest.ts';
import type { KubeObject } from '../object.ts';
import { readCrdHead } from './crd-head.ts';

/** A manifest whose full parser must not be needed, unless `object` is given. */
function crd(text: string, object?: unknown): Manifest {
  return {
    text,
    id: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'things.acme.example' },
    labels: {},
    annotations: {},
    get object(): KubeObject {
      if (object === undefined) throw new Error('the full parser was called');
      // Tests hand in whole objects.
      return object as KubeObject;
    },
  };
}

const head = { group: 'acme.example', kind: 'Thing', plural: 'things', namespaced: true };
const v1 = { name: 'v1', served: true, storage: true, hasStatus: true };
const alpha = { name: 'v1alpha1', served: false, storage: false, hasStatus: false };

const block = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.acme.example
  annotations:
    note: |
      spec:
        group: wrong
spec:
  # who
  conversion:
    strategy: Webhook
    webhook:
      clientConfig:
        service:
          name: thing-webhook
          namespace: things
      conversionReviewVersions:
      - v1
  group: acme.example   # ours
  names:
    kind: "Thing"
    plural: 'things'
    shortNames:
    - th
  scope: Namespaced
  versions:
  - additionalPrinterColumns:
    - name: Age
      type: date
    name: v1
    schema:
      openAPIV3Schema:
        properties:
          name: {type: string}
    served: true
    storage: true
    subresources:
      status: {}
  - name: v1alpha1
    schema:
      openAPIV3Schema: {type: object}
    served: false
    storage: false
status:
  acceptedNames:
    kind: ""
`;

const wide = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.acme.example}
spec:
    group: acme.example
    names:
        kind: Thing
        plural: things
    scope: Namespaced
    versions:
        - name: v1
          served: true
          storage: true
          subresources: {status: {}}
          schema:
            openAPIV3Schema: {}
`;

describe('readCrdHead', () => {
  it('reads block style without the parser', () => {
    expect(readCrdHead(crd(block))).toEqual({
      ...head,
      versions: [v1, alpha],
      converter: { namespace: 'things', name: 'thing-webhook' },
    });
  });

  it.each([
    ['four spaces and indented lists', wide],
    ['CRLF line ends', wide.replaceAll('\n', '\r\n')],
  ])('reads %s', (_, text) => {
    expect(readCrdHead(crd(text))).toEqual({ ...head, versions: [v1] });
  });

  it.each([
    ['flow style', '{"apiVersion":"apiextensions.k8s.io/v1","spec":{}}'],
    ['an anchor', block.replace('group: acme.example', 'group: &g acme.example')],
    [
      'flow versions',
      wide.slice(0, wide.indexOf('versions:')) + 'versions: [{name: v1, served: true, storage: true}]\n',
    ],
    ['a version as alias', block.replace('name: v1\n', 'name: *v\n')],
    ['flow names', wide.replace(/names:\n.*\n.*\n/, 'names: {kind: Thing, plural: things}\n')],
  ])('asks the full parser on %s', (_, text) => {
    const spec = {
      group: 'acme.example',
      names: { kind: 'Thing', plural: 'things' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} } }],
    };
    expect(readCrdHead(crd(text, { spec }))).toEqual({ ...head, versions: [v1] });
  });

  it('gives nothing for other kinds and for broken definitions', () => {
    expect(readCrdHead({ ...crd(block, {}), id: { apiVersion: 'v1', kind: 'Service', name: 'x' } })).toBeUndefined();
    expect(readCrdHead(crd('spec: {}', { spec: {} }))).toBeUndefined();
  });
});
