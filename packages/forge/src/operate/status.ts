import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, printObject } from '@cluster-forge/kube/object';
import { leaseId } from '../deploy/names.ts';
import type { ReleaseRecord } from '../deploy/record.ts';
import { inspect, memberState, type MemberState } from './inspect.ts';

/** State of a platform, read from the cluster alone. */
export interface PlatformStatus {
  readonly platform: string;
  /** Every component is ready. */
  readonly ready: boolean;
  readonly release?: Omit<ReleaseRecord, 'members' | 'rules'>;
  /** Who works on it right now. */
  readonly lockedBy?: string;
  readonly components: readonly ComponentStatus[];
}

export interface ComponentStatus {
  readonly component: string;
  readonly version?: string;
  readonly ready: boolean;
  readonly counts: { readonly ready: number; readonly total: number };
  /** The first thing that is not ready; absent when all is. */
  readonly reason?: string;
}

/** How a platform is: per component how many of its objects are ready, and what is not. Throws E_DEPLOY_UNKNOWN. */
export async function status(platform: string, cluster: Cluster, ctx: Context): Promise<PlatformStatus> {
  const [found, lease] = await Promise.all([inspect(platform, cluster, ctx), cluster.get(leaseId(platform), ctx)]);
  const [latest] = found.records;
  const states = found.members.map((member) => memberState(member, found));
  const names = new Set([...Object.keys(latest?.components ?? {}), ...states.map(({ component }) => component)]);
  const byComponent = Map.groupBy(states, ({ component }) => component);
  const components = [...names].sort().map((name) => componentStatus(name, byComponent.get(name) ?? [], latest));
  const holder = fieldAt(lease, 'spec', 'holderIdentity');
  return {
    platform,
    ready: components.every(({ ready }) => ready),
    ...(latest === undefined ? {} : { release: summaryOf(latest) }),
    ...(typeof holder === 'string' && holder !== '' ? { lockedBy: holder } : {}),
    components,
  };
}

function componentStatus(
  component: string,
  states: readonly MemberState[],
  latest: ReleaseRecord | undefined,
): ComponentStatus {
  const open = states.filter(({ ready }) => !ready);
  const [first] = open;
  const version = latest?.components[component];
  return {
    component,
    ...(version === undefined ? {} : { version }),
    ready: open.length === 0,
    counts: { ready: states.length - open.length, total: states.length },
    ...(first === undefined ? {} : { reason: `${printObject(first.id)}: ${first.message}` }),
  };
}

function summaryOf({
  members: _members,
  rules: _rules,
  ...summary
}: ReleaseRecord): Omit<ReleaseRecord, 'members' | 'rules'> {
  return summary;
}
