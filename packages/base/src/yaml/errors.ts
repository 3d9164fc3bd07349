import { catalogue } from '../error.ts';

export const yamlErrors = catalogue({
  E_YAML_SYNTAX: { summary: 'A file is not valid YAML.', exit: 3 },
  E_YAML_DUPLICATE_KEY: { summary: 'A map has the same key twice.', exit: 3 },
  E_YAML_TAG: { summary: 'A value has a YAML tag such as `!secret`; files of this project use none.', exit: 3 },
  E_YAML_VALUE: {
    summary:
      'A value has no exact counterpart in JSON, for example a key that is a list or a number with too many digits.',
    exit: 3,
  },
  E_YAML_LIMIT: { summary: 'A file is larger, deeper or uses more aliases than any honest file would.', exit: 3 },
  E_YAML_AMBIGUOUS: {
    summary: 'A word such as `yes` or a number such as `0777` means different things to different YAML readers.',
    exit: 3,
  },
});
