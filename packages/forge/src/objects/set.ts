import type { Where } from '@cluster-forge/base';
import { builtinGroups } from '@cluster-forge/kube/schema/builtin';
import { isCrd, readCrdHead, type CrdHead } from '@cluster-forge/kube/schema/crd-head';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { groupOf, type ObjectId, objectKey, printGroupKind } from '@cluster-forge/kube/object';
import type { Component, Platform, SecretSpec } from '../config/platform.ts';
import type { Rendered, RenderedObject } from '../smelt/rendered.ts';
import { productsOf } from './references/products.ts';
import { POD_PATHS } from './references/pod.ts';
import { type Reference, targetKey } from './references/reference.ts';
import { referencesOf } from './references/references.ts';

/** One rendered object with what order and checks ask of it. */
export interface Member {
  /** `objectKey` of the object: its node in the graph. */
  readonly key: string;
  readonly component: string;
  readonly rendered: RenderedObject;
  readonly manifest: Manifest;
  readonly id: ObjectId;
  /** Kind without its version: `Deployment.apps`. */
  readonly kind: string;
  /** Its kind is no built-in one. */
  readonly custom: boolean;
  readonly references: readonly Reference[];
}

/** A Secret that a deploy generates. */
export interface GeneratedSecret {
  readonly key: string;
  readonly component: string;
  readonly spec: SecretSpec;
}

/** Every object of a platform, indexed once, so that each rule costs a look-up per reference. */
export interface ObjectSet {
  readonly members: readonly Member[];
  /** First object of each key; a second one of the same key is a finding of plan and check. */
  readonly byKey: ReadonlyMap<string, Member>;
  readonly secrets: ReadonlyMap<string, GeneratedSecret>;
  /** Key of an object that comes at run time, to the key of the member that makes it. */
  readonly makers: ReadonlyMap<string, string>;
  /** CRDs by the kind they define, such as `Certificate.cert-manager.io`. */
  readonly crds: ReadonlyMap<string, { readonly member: Member; readonly head: CrdHead }>;
  /** Objects that make pods, by namespace. */
  readonly workloads: ReadonlyMap<string, readonly Member[]>;
  readonly components: ReadonlyMap<string, Component>;
}

/** Reads all objects but the CRDs, whose heads are scanned. Throws E_MANIFEST_YAML for a document that cannot be read. */
export function indexObjects(platform: Platform, rendered: readonly Rendered[]): ObjectSet {
  const members = rendered.flatMap((part) => part.objects.map((object) => memberOf(part.component, object)));
  const byKey = new Map<string, Member>();
  for (const member of members) if (!byKey.has(member.key)) byKey.set(member.key, member);
  const names = new Set(rendered.map(({ component }) => component));
  const components = platform.components.filter(({ name }) => names.has(name));
  return {
    members,
    byKey,
    secrets: new Map(components.flatMap(secretsOf).map((secret) => [secret.key, secret])),
    makers: new Map(members.flatMap(makings)),
    crds: new Map(members.flatMap(definitions)),
    workloads: Map.groupBy(
      members.filter(({ kind }) => kind in POD_PATHS),
      ({ id }) => id.namespace ?? '',
    ),
    components: new Map(components.map((component) => [component.name, component])),
  };
}

function memberOf(component: string, rendered: RenderedObject): Member {
  const { manifest } = rendered;
  const { id } = manifest;
  const group = groupOf(id.apiVersion);
  const custom = !isBuiltInGroup(group);
  const references = isCrd(manifest) ? [] : referencesOf(manifest.object, id, custom);
  const kind = printGroupKind({ group, kind: id.kind });
  return { key: objectKey(id), component, rendered, manifest, id, kind, custom, references };
}

/** Groups the API server itself serves, older versions of it included: the core group, those without a dot, and some under `k8s.io`. */
function isBuiltInGroup(group: string): boolean {
  return !group.includes('.') || builtinGroups().has(group);
}

function secretsOf(component: Component): readonly GeneratedSecret[] {
  return component.secrets.map((spec) => ({
    key: objectKey({ apiVersion: 'v1', kind: 'Secret', namespace: spec.namespace, name: spec.name }),
    component: component.name,
    spec,
  }));
}

function makings(member: Member): readonly (readonly [string, string])[] {
  if (!member.custom) return [];
  return productsOf(member.manifest.object, member.id).map((target) => [targetKey(target), member.key]);
}

function definitions(
  member: Member,
): readonly (readonly [string, { readonly member: Member; readonly head: CrdHead }])[] {
  const head = readCrdHead(member.manifest);
  return head === undefined ? [] : [[printGroupKind(head), { member, head }]];
}

/** Where a person finds the object: where it was read from, or its file in the working tree. */
export function placeOf(member: Member, path?: string): Where {
  const { origin } = member.manifest;
  const place =
    origin === undefined ? { file: member.rendered.file, line: 1 } : { file: origin.file, line: origin.line };
  return path === undefined ? place : { ...place, path };
}

/** Key of the Namespace object of that name. */
export function namespaceKey(name: string | undefined): string {
  return `Namespace/-/${name ?? ''}`;
}
