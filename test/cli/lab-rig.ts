import { identify, isSameProcess, type ProcessIdentity } from '@cluster-forge/base/exec/process';
import { connect, idOf, objectKey, type Cluster, type KubeObject } from '@cluster-forge/kube';
import { labStatus, labDirectory } from '@cluster-forge/lab';
import { testContext } from '../rig/context.ts';
import { rigTools } from '../rig/tools.ts';
import { cliRig, type CliRig, type Variables } from './rig.ts';

const needed = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;

/** A rig whose commands find the user's programs, though its cache is its own. */
export async function labRig(): Promise<CliRig> {
  const [tools, ctx] = [await rigTools(), testContext()];
  const pairs = await Promise.all(
    needed.map(async (name): Promise<[string, string]> => {
      const { path } = await tools.resolve(name, ctx);
      return [`FORGE_TOOL_${name.toUpperCase().replaceAll('-', '_')}`, path];
    }),
  );
  const variables: Variables = Object.fromEntries(pairs);
  return cliRig(variables);
}

/** Processes of a lab, so that a test can see later whether they ended. */
export async function processesOf(rig: CliRig, lab: string): Promise<readonly (ProcessIdentity & { role: string })[]> {
  const status = await labStatus(labDirectory(rig.state, lab));
  const found = await Promise.all(
    (status?.processes ?? []).map(async ({ role, pid }) => {
      const identity = await identify(pid);
      return identity === undefined ? [] : [{ ...identity, role }];
    }),
  );
  return found.flat();
}

export async function stillRunning(
  processes: readonly (ProcessIdentity & { role: string })[],
): Promise<readonly string[]> {
  const running = await Promise.all(processes.map(async (one) => ((await isSameProcess(one)) ? [one.role] : [])));
  return running.flat();
}

/** Works on the cluster of a lab, as any Kubernetes tool would. */
export async function inLab<T>(rig: CliRig, lab: string, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await connect({ kubeconfig: labDirectory(rig.state, lab).kubeconfig }, testContext());
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}

/** Values of all Secrets under keys that hold something secret (not user names and client ids), long enough not to occur by chance. */
export async function secretValues(cluster: Cluster): Promise<readonly string[]> {
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Secret' }, testContext());
  // The API server answers with a map of base64 text.
  const entries = items.flatMap((item) => Object.entries((item['data'] ?? {}) as Readonly<Record<string, string>>));
  return entries
    .filter(([key]) => /pass|secret|key|token|cookie/i.test(key))
    .map(([, value]) => Buffer.from(value, 'base64').toString('utf8'))
    .filter((value) => value.length >= 16);
}

/** Everything that forge applied for the platform, without what differs between two runs that did the same. */
export async function dump(cluster: Cluster): Promise<Readonly<Record<string, unknown>>> {
  const ctx = testContext();
  const kinds = (await cluster.kinds(ctx)).filter(({ verbs }) => verbs.includes('list'));
  const lists = await Promise.all(
    kinds.map(({ group, version, kind }) =>
      cluster.list(
        {
          apiVersion: group === '' ? version : `${group}/${version}`,
          kind,
          labelSelector: 'applyset.kubernetes.io/part-of',
        },
        ctx,
      ),
    ),
  );
  // Controllers copy the labels of a Service to its Endpoints and EndpointSlices.
  const applied = lists.flatMap(({ items }) => items).filter((object) => ownersOf(object).length > 0);
  const objects = applied.map(normalised);
  return Object.fromEntries(objects.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function normalised({ metadata, status: _status, data, ...rest }: KubeObject): [string, unknown] {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, managedFields, ...kept } = metadata;
  const owners = ownersOf({ metadata: { managedFields } }).map(withoutTime);
  const values = rest.kind === 'Secret' ? Object.keys(data ?? {}) : data;
  const object = { ...rest, metadata: { ...kept, owners }, data: values };
  return [objectKey(idOf({ ...rest, metadata })), withoutAssigned(object)];
}

/** What forge has written of an object, by its field managers. */
function ownersOf({ metadata }: { readonly metadata: Readonly<Record<string, unknown>> }): readonly unknown[] {
  const { managedFields } = metadata;
  return Array.isArray(managedFields) ? managedFields.filter(isOurs) : [];
}

function isOurs(entry: unknown): boolean {
  return /forge/.test(String(Object(entry).manager));
}

function withoutTime(entry: unknown): unknown {
  const { time: _time, ...rest } = Object(entry) as Readonly<Record<string, unknown>>; // an entry of managedFields
  return rest;
}

/** Addresses that the API server hands out in turn. */
function withoutAssigned(object: object): unknown {
  return JSON.parse(JSON.stringify(object), (key, value: unknown) => (/^clusterIPs?$/.test(key) ? undefined : value));
}
