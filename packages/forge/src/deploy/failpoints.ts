import { defineFailpoints } from '@cluster-forge/base/failpoint';

/** Every side effect of a deploy, before and after. Tests kill the process at each and run the same command again. */
export const failpoints = defineFailpoints('deploy', [
  'lease.before',
  'lease.after',
  'journal.begin.before',
  'journal.begin.after',
  'inventory.before',
  'inventory.after',
  'record.begin.before',
  'record.begin.after',
  'apply.before',
  'apply.after',
  'hook.delete.before',
  'hook.delete.after',
  'secret.before',
  'secret.after',
  'prune.before',
  'prune.after',
  'inventory.end.before',
  'inventory.end.after',
  'record.end.before',
  'record.end.after',
  'record.local.after',
  'record.trim.after',
  'journal.end.after',
  'release.before',
  'release.after',
]);

export type Failpoint = Parameters<typeof failpoints.hit>[0];
