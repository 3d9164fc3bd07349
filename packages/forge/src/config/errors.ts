import { catalogue } from '@cluster-forge/base';

export const configErrors = catalogue({
  E_CONFIG_REQUEST: { summary: 'The command asks for two platforms, or for none.', exit: 2 },
  E_CONFIG_FILE: { summary: 'A file or folder of the configuration is missing or cannot be read.', exit: 2 },
  E_CONFIG_SET: { summary: 'A `--set` is not `path=value`, or its path is unknown.', exit: 2 },
  E_CONFIG_KEY: { summary: 'A file has a key that its schema does not know.', exit: 3 },
  E_CONFIG_SCHEMA: { summary: 'A value in a file is missing or has the wrong type or form.', exit: 3 },
  E_CONFIG_REMOTE: { summary: 'A stack is referenced by a location that cannot be fetched yet.', exit: 3 },
  E_CONFIG_STACK: { summary: '`extends` names a stack that does not exist.', exit: 3 },
  E_CONFIG_EXTENDS_CYCLE: { summary: 'Stacks extend each other in a circle.', exit: 3 },
  E_CONFIG_COMPONENT: { summary: 'A component is named that no catalog has.', exit: 3 },
  E_CONFIG_COLLECTION: { summary: 'A collection is switched that no stack has.', exit: 3 },
  E_CONFIG_ENVIRONMENT: { summary: 'An environment is asked for that the platform does not define.', exit: 2 },
  E_CONFIG_SIZE: { summary: '`params.size` names a size that nothing defines.', exit: 3 },
  E_CONFIG_PARAM: { summary: 'A param is set that nothing declares.', exit: 3 },
  E_CONFIG_PARAM_VALUE: { summary: 'A param has a value that its declaration does not allow.', exit: 3 },
  E_CONFIG_PARAM_MISSING: { summary: 'A required param has no value.', exit: 3 },
  E_CONFIG_PARAM_CYCLE: { summary: 'Params are computed from each other in a circle.', exit: 3 },
  E_CONFIG_PARAM_CLASH: { summary: 'Two declarations of one param disagree about its type.', exit: 3 },
  E_CONFIG_APPEND: {
    summary: '`$append` stands where the weaker layers have no list, or is not a list itself.',
    exit: 3,
  },
  E_CONFIG_PROVIDER: {
    summary: 'A capability has several providers and no choice, or the chosen one does not provide it.',
    exit: 3,
  },
  E_CONFIG_CAPABILITY: { summary: 'A capability is required that no enabled component provides.', exit: 3 },
  E_CONFIG_REQUIRES: { summary: 'A component requires another one that is not enabled.', exit: 3 },
  E_CONFIG_REQUIRES_CYCLE: { summary: 'Components require each other in a circle.', exit: 3 },
  E_CONFIG_SOURCE: { summary: 'A source lacks something or names a file that does not exist.', exit: 3 },
  E_CONFIG_UNKNOWN_VALUE: {
    summary: 'A value is set that the templates of the component do not seem to have.',
    exit: 3,
  },
  E_CONFIG_PATH: { summary: 'A path to explain does not exist in the platform.', exit: 2 },
});
