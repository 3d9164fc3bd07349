import { catalogue } from '@cluster-forge/base';

export const labErrors = catalogue({
  E_LAB_NAME: { summary: 'A lab name is not usable as a directory and host name.', exit: 2 },
  E_LAB_EXISTS: { summary: 'A lab of that name is running or being started by another process.', exit: 1 },
  E_LAB_ABSENT: { summary: 'There is no lab of that name.', exit: 1 },
  E_LAB_PROCESS: { summary: 'A process of the lab ended although it should stay.', exit: 1 },
  E_LAB_TIMEOUT: { summary: 'The control plane of a lab did not become ready in time.', exit: 1 },
  E_LAB_STATE: { summary: 'The state file of a lab cannot be read.', exit: 1 },
  E_LAB_NODES: { summary: 'A node profile or a node option is wrong.', exit: 2 },
  E_LAB_STUCK: { summary: 'A process of a lab could not be ended.', exit: 1 },
  E_LAB_MODEL: { summary: 'An operator model (simulate.yaml) is not valid.', exit: 3 },
});
