import type { HealthRule } from '../verdict.ts';
import { conditionIs, conditionText, countText, text, valueOf } from './expression.ts';

const job: HealthRule = {
  group: 'batch',
  kind: 'Job',
  failed: [
    { when: conditionIs('Failed', 'True'), message: conditionText('Failed') },
    { when: conditionIs('FailureTarget', 'True'), message: conditionText('FailureTarget') },
  ],
  suspended: [
    {
      when: `${conditionIs('Suspended', 'True')} || (${valueOf('spec.suspend', 'false')} && !${conditionIs('Complete', 'True')})`,
      message: text('suspended (spec.suspend); nothing runs until somebody resumes it'),
    },
  ],
  progressing: [
    {
      when: `!${conditionIs('Complete', 'True')}`,
      message: [
        countText('status.succeeded'),
        text(' of '),
        countText('spec.completions', 1),
        text(' completions, '),
        countText('status.active'),
        text(' pods active, '),
        countText('status.failed'),
        text(' failed'),
      ].join(' + '),
    },
  ],
};

/** A Job is ready when it is complete, not when it has started. A CronJob is ready as it is: its schedule must not hold up a platform. */
export const batch: readonly HealthRule[] = [job, { group: 'batch', kind: 'CronJob' }];
