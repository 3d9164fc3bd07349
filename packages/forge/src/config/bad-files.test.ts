import { testBadInput } from './bad-input.ts';
import { component, platform, stack } from './fixture.ts';

testBadInput({
  'broken YAML in platform.yaml': {
    files: { 'platform.yaml': platform('  components:\n    a: b: c') },
    code: 'E_YAML_SYNTAX',
    at: 'platform.yaml:6:8',
    what: /not valid YAML/,
    fix: /quotes/,
  },
  'broken YAML in a stack': {
    files: {
      'platform.yaml': platform('  extends: [base]'),
      'builtin/base/stack.yaml': stack('base', '	components: {}'),
    },
    code: 'E_YAML_SYNTAX',
    at: 'builtin/base/stack.yaml:5:1',
    what: /[Tt]abs/,
    fix: /spaces/,
  },
  'broken YAML in values.yaml': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app'),
      'catalog/app/values.yaml': 'a: "x\n',
    },
    code: 'E_YAML_SYNTAX',
    at: 'catalog/app/values.yaml:2:1',
    what: /closing/,
    fix: /missing character/,
  },
  'a duplicate key': {
    files: { 'platform.yaml': platform('  params: {}\n  params: {}') },
    code: 'E_YAML_DUPLICATE_KEY',
    at: 'platform.yaml:6:3',
    what: /"params" appears twice/,
    fix: /rename/,
  },
  'an empty file': {
    files: { 'platform.yaml': '' },
    code: 'E_CONFIG_SCHEMA',
    at: 'platform.yaml:1:1',
    what: /empty/,
    fix: /apiVersion/,
  },
  'no file': {
    files: {},
    code: 'E_CONFIG_FILE',
    at: 'platform.yaml',
    what: /does not exist/,
    fix: /create the file/,
  },
  'a wrong apiVersion': {
    files: { 'platform.yaml': platform('  components: {}').replace('v1alpha1', 'v1') },
    code: 'E_CONFIG_SCHEMA',
    at: 'platform.yaml:1:13',
    what: /apiVersion must be "clusterforge.dev\/v1alpha1"/,
    fix: /did you mean/,
  },
  'an unknown key in platform.yaml': {
    files: { 'platform.yaml': platform('  componets: {}') },
    code: 'E_CONFIG_KEY',
    at: 'platform.yaml:5:3',
    what: /unknown key "componets" in spec/,
    fix: /did you mean "components"/,
  },
  'an unknown key deep in a component': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources:\n    - helm: {chart: ./c, verison: v1}'),
    },
    code: 'E_CONFIG_KEY',
    at: 'catalog/app/component.yaml:6:26',
    what: /unknown key "verison" in spec\.sources\[0\]\.helm/,
    fix: /did you mean "version"/,
  },
  'an unknown key in a secret': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component(
        'app',
        '  secrets:\n    creds: {keys: {pw: {generate: password, lenght: 3}}}',
      ),
    },
    code: 'E_CONFIG_KEY',
    at: 'catalog/app/component.yaml:6:45',
    what: /unknown key "lenght"/,
    fix: /did you mean "length"/,
  },
  'a number where text belongs': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  version: 1.5'),
    },
    code: 'E_CONFIG_SCHEMA',
    at: 'catalog/app/component.yaml:5:12',
    what: /spec\.version must be text, but is 1\.5/,
    fix: /quotes: "1\.5"/,
  },
  'a missing field': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app').replace(', category: test/test', ''),
    },
    code: 'E_CONFIG_SCHEMA',
    at: 'catalog/app/component.yaml:3:1',
    what: /metadata\.category is missing/,
    fix: /add metadata\.category/,
  },
  'two kinds in one source': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources: [{template: t, files: f}]'),
    },
    code: 'E_CONFIG_SCHEMA',
    at: 'catalog/app/component.yaml:5:13',
    what: /exactly one of: helm, manifest/,
    fix: /./,
  },
  'a name that cannot be one': {
    files: { 'platform.yaml': platform('  components: {App_1: {}}') },
    code: 'E_CONFIG_KEY',
    at: 'platform.yaml:5:16',
    what: /key "App_1" must be lower case/,
    fix: /rename/,
  },
  'a component under another name than its folder': {
    files: { 'platform.yaml': platform('  components: {app: {}}'), 'catalog/app/component.yaml': component('apple') },
    code: 'E_CONFIG_SCHEMA',
    at: 'catalog/app/component.yaml:3:18',
    what: /calls itself "apple"/,
    fix: /same name/,
  },
});
