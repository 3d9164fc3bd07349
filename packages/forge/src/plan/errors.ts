import { catalogue } from '@cluster-forge/base';

export const planErrors = catalogue({
  E_PLAN_CYCLE: { summary: 'Objects wait for each other, so that none of them can be applied first.', exit: 3 },
  E_PLAN_NEEDS_CYCLE: { summary: 'Components require each other, so that none of them can start first.', exit: 3 },
  E_PLAN_DUPLICATE: {
    summary: 'Two manifests describe the same object, so that no order of them has one outcome.',
    exit: 3,
  },
  E_PLAN_NEED_ABSENT: {
    summary: 'A component requires one that is not part of this release; it is taken to be there already.',
    exit: 3,
  },
});
