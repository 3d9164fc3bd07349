import { testBadInput } from './bad-input.ts';
import { component, platform } from './fixture.ts';

testBadInput({
  'an unknown variable in values': {
    files: {
      'platform.yaml': platform('  components: {app: {values: {host: "x.${{ parms.domain }}"}}}'),
      'catalog/app/component.yaml': component('app'),
    },
    code: 'E_CEL_EVALUATE',
    at: 'platform.yaml:5:37',
    what: /unknown variable: parms/i,
    fix: /did you mean "params"/,
  },
  'an unknown param in values.yaml': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  params: {domain: {type: string, default: x}}'),
      'catalog/app/values.yaml': 'a:\n  host: ${{ params.domian }}\n',
    },
    code: 'E_CEL_EVALUATE',
    at: 'catalog/app/values.yaml:2:9',
    what: /no such key: domian/,
    fix: /did you mean "domain"/,
  },
  'an expression that never ends': {
    files: {
      'platform.yaml': platform('  components: {app: {values: {a: "${{ 1 + "}}}'),
      'catalog/app/component.yaml': component('app'),
    },
    code: 'E_EXPRESSION_OPEN',
    at: 'platform.yaml:5:34',
    what: /never ends/,
    fix: /close it/,
  },
  'a condition that is no condition': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  provides: [{capability: x, when: "1 + 1"}]'),
    },
    code: 'E_CEL_EVALUATE',
    at: 'catalog/app/component.yaml:5:36',
    what: /gives 2, not true or false/,
    fix: /==/,
  },
  'a namespace that is no text': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  namespace: ${{ 1 + 1 }}'),
    },
    code: 'E_CONFIG_SCHEMA',
    at: 'catalog/app/component.yaml:5:14',
    what: /gives 2, but text is needed/,
    fix: /string\(\)/,
  },
  'a source folder that is missing': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources: [{template: templates}]'),
    },
    code: 'E_CONFIG_SOURCE',
    at: 'catalog/app/component.yaml:5:13',
    what: /catalog\/app\/templates does not exist/,
    fix: /relative to component\.yaml/,
  },
  'a file of values that is missing': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources: [{helm: {chart: "oci://x/y", values: extra.yaml}}]'),
    },
    code: 'E_CONFIG_FILE',
    at: 'catalog/app/component.yaml:5:49',
    what: /extra\.yaml does not exist/,
    fix: /correct the path/,
  },
  'a chart from nowhere': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources: [{helm: {chart: nginx}}]'),
    },
    code: 'E_CONFIG_SOURCE',
    at: 'catalog/app/component.yaml:5:13',
    what: /where the chart nginx comes from/,
    fix: /repository/,
  },
  '$append over text': {
    files: {
      'platform.yaml': platform('  components: {app: {values: {a: {$append: [1]}}}}'),
      'catalog/app/component.yaml': component('app', '  values: {a: x}'),
    },
    code: 'E_CONFIG_APPEND',
    at: 'platform.yaml:5:34',
    what: /no list in the weaker layers/,
    fix: /whole list/,
  },
  'a health rule with a typo': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app'),
      'catalog/app/health.yaml': '- kind: Backup\n  ready: [{when: \'object.status.phase = "x"\', message: \'"x"\'}]\n',
    },
    code: 'E_CEL_SYNTAX',
    at: 'catalog/app/health.yaml:2:18',
    what: /not valid CEL/,
    fix: /./,
  },
});
