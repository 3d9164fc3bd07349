import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { ObjectId } from '@cluster-forge/kube/object';
import { deployErrors } from '../deploy/errors.ts';
import { causesOf } from '../cause/cause.ts';
import type { Cause } from '../cause/look.ts';
import { findMembers, inspect, memberState, type Inspection } from './inspect.ts';

export interface Why {
  readonly platform: string;
  /** One chain for each object that is not ready, from the object down to what is wrong. Empty: all of it is ready. */
  readonly chains: readonly (readonly Cause[])[];
}

/** Each chain costs a few requests; more than this many tell a person nothing new. */
const longestAnswer = 10;

/**
 * Why a component, an object (`Deployment app/web`, `deployment/web`), or without subject anything of a platform is not ready. Throws
 * E_DEPLOY_UNKNOWN when the cluster has no such thing.
 */
export async function why(platform: string, subject: string | undefined, cluster: Cluster, ctx: Context): Promise<Why> {
  const found = await inspect(platform, cluster, ctx);
  const ids = subjectsOf(subject, found);
  const chains: (readonly Cause[])[] = [];
  for (const id of ids.slice(0, longestAnswer)) {
    const chain = await causesOf(id, found.book, cluster, ctx);
    if (chain.length > 0) chains.push(chain);
  }
  return { platform, chains };
}

function subjectsOf(subject: string | undefined, found: Inspection): readonly ObjectId[] {
  const open = found.members.filter((member) => !memberState(member, found).ready);
  if (subject === undefined) return open.map(({ id }) => id);
  const isComponent = found.members.some(({ component }) => component === subject);
  if (isComponent) return open.filter(({ component }) => component === subject).map(({ id }) => id);
  const members = findMembers(subject, found.members);
  if (members.length > 0) return members.map(({ id }) => id);
  const components = [...new Set(found.members.map(({ component }) => component))].sort();
  throw deployErrors.E_DEPLOY_UNKNOWN({
    what: `platform ${found.platform} has no component or object ${JSON.stringify(subject)}`,
    why: `its components are ${components.join(', ')}`,
    fix: 'name a component, or an object as in `Deployment namespace/name`',
  });
}
