import type { PlatformStatus } from '@cluster-forge/forge/operate/status';
import type { Lab } from '@cluster-forge/lab';
import { oneLine, table, type Paint } from '../paint.ts';

/** A platform at a glance: a line for the whole, then one for each component with what it waits for; those that are not ready come first. */
export function printStatus(status: PlatformStatus, lab: Lab | undefined, paint: Paint): string {
  const ready = status.components.filter((component) => component.ready).length;
  const release =
    status.release === undefined
      ? 'no release'
      : `release ${status.release.number}, ${status.release.outcome}, by ${status.release.who}`;
  const sorted = status.components.toSorted((a, b) => Number(a.ready) - Number(b.ready));
  const rows = sorted.map(({ component, version, ready, counts, reason }) => [
    ready ? paint.good('✔') : paint.warn('…'),
    component,
    version ?? '',
    `${counts.ready}/${counts.total}`,
    reason === undefined ? '' : oneLine(reason),
  ]);
  return [
    `${paint.strong(status.platform)}: ${ready} of ${status.components.length} components ready; ${release}`,
    ...(status.lockedBy === undefined ? [] : [paint.warn(`being changed by ${status.lockedBy}`)]),
    ...(lab === undefined
      ? []
      : [`lab ${lab.name} at ${lab.server}`, paint.dim(`export KUBECONFIG=${lab.kubeconfigPath}`)]),
    table(rows),
  ].join('\n');
}
