import { testBadInput } from './bad-input.ts';
import { component, platform, stack } from './fixture.ts';

testBadInput({
  'an unknown param': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  params: {gpu: {vendr: amd}}'),
      'builtin/base/stack.yaml': stack('base', '  params: {gpu: {vendor: {type: string}}}'),
    },
    code: 'E_CONFIG_PARAM',
    at: 'platform.yaml:6:18',
    what: /declares the param gpu\.vendr/,
    fix: /did you mean "gpu\.vendor"/,
  },
  'a param of the wrong type': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  params: {nodes: many}'),
      'builtin/base/stack.yaml': stack('base', '  params: {nodes: {type: integer}}'),
    },
    code: 'E_CONFIG_PARAM_VALUE',
    at: 'platform.yaml:6:19',
    what: /param nodes must be a whole number, but is "many"/,
    fix: /whole number/,
  },
  'a param that is not in its enum': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  params: {size: smal}'),
      'builtin/base/stack.yaml': stack('base', '  params: {size: {type: string, enum: [small, large]}}'),
    },
    code: 'E_CONFIG_PARAM_VALUE',
    at: 'platform.yaml:6:18',
    what: /must be one of small, large/,
    fix: /did you mean "small"/,
  },
  'a param of the wrong format': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  params: {domain: "not a host"}'),
      'builtin/base/stack.yaml': stack('base', '  params: {domain: {type: string, format: hostname}}'),
    },
    code: 'E_CONFIG_PARAM_VALUE',
    at: 'platform.yaml:6:20',
    what: /must be a hostname/,
    fix: /ai\.example\.com/,
  },
  'a param out of range by --set': {
    files: {
      'platform.yaml': platform('  extends: [base]'),
      'builtin/base/stack.yaml': stack('base', '  params: {gpus: {type: integer, minimum: 1, maximum: 8, default: 1}}'),
    },
    request: { set: ['gpus=9'] },
    code: 'E_CONFIG_PARAM_VALUE',
    at: undefined,
    what: /must be at least 1 and at most 8, but is 9/,
    fix: /at most 8/,
  },
  'a required param without value': {
    files: {
      'platform.yaml': platform('  extends: [base]'),
      'builtin/base/stack.yaml': stack(
        'base',
        '  params:\n    domain: {type: string, required: true, description: Base domain}',
      ),
    },
    code: 'E_CONFIG_PARAM_MISSING',
    at: 'builtin/base/stack.yaml:6:5',
    what: /param domain has no value/,
    fix: /params\.domain/,
  },
  'params computed in a circle': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  params: {a: "${{ params.b }}", b: "x${{ params.a }}"}'),
      'builtin/base/stack.yaml': stack('base', '  params: {a: {type: string}, b: {type: string}}'),
    },
    code: 'E_CONFIG_PARAM_CYCLE',
    at: 'platform.yaml:6:15',
    what: /circle: a -> b -> a/,
    fix: /value of its own/,
  },
  'one param with two types': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  components: {app: {}}'),
      'builtin/base/stack.yaml': stack('base', '  params: {x: {type: string}}'),
      'catalog/app/component.yaml': component('app', '  params: {x: {type: integer}}'),
    },
    code: 'E_CONFIG_PARAM_CLASH',
    at: 'builtin/base/stack.yaml:5:12',
    what: /as string by stack base and as integer by component app/,
    fix: /two names/,
  },
  'a param type that does not exist': {
    files: {
      'platform.yaml': platform('  extends: [base]'),
      'builtin/base/stack.yaml': stack('base', '  params: {x: {type: strng}}'),
    },
    code: 'E_CONFIG_SCHEMA',
    at: 'builtin/base/stack.yaml:5:22',
    what: /spec\.params\.x\.type must be/,
    fix: /did you mean "string"/,
  },
  'a size that nothing defines': {
    files: {
      'platform.yaml': platform('  params: {size: huge}\n  components: {app: {}}'),
      'catalog/app/component.yaml': component(
        'app',
        '  params: {size: {type: string}}\n  sizes: {small: {}, large: {}}',
      ),
    },
    code: 'E_CONFIG_SIZE',
    at: 'platform.yaml:5:18',
    what: /size "huge"/,
    fix: /large, small/,
  },
  '--set without =': {
    files: { 'platform.yaml': platform('  components: {}') },
    request: { set: ['size'] },
    code: 'E_CONFIG_SET',
    at: undefined,
    what: /--set size cannot be used/,
    fix: /params\.size=small/,
  },
  '--set of an unknown root': {
    files: { 'platform.yaml': platform('  components: {}') },
    request: { set: ['componets.a.enabled=true'] },
    code: 'E_CONFIG_SET',
    at: undefined,
    what: /cannot be used/,
    fix: /did you mean "components"/,
  },
  '--set of an unknown field': {
    files: { 'platform.yaml': platform('  components: {app: {}}'), 'catalog/app/component.yaml': component('app') },
    request: { set: ['components.app.value.x=1'] },
    code: 'E_CONFIG_SET',
    at: undefined,
    what: /components\.app\.value/,
    fix: /did you mean "values"/,
  },
  '--set into a list': {
    files: { 'platform.yaml': platform('  components: {app: {}}'), 'catalog/app/component.yaml': component('app') },
    request: { set: ['components.app.values.hosts[0]=a'] },
    code: 'E_CONFIG_SET',
    at: undefined,
    what: /cannot be used/,
    fix: /whole list/,
  },
  '--set of an unknown component': {
    files: { 'platform.yaml': platform('  components: {app: {}}'), 'catalog/app/component.yaml': component('app') },
    request: { set: ['components.apq.enabled=true'] },
    code: 'E_CONFIG_COMPONENT',
    at: undefined,
    what: /no component "apq"/,
    fix: /did you mean "app"/,
  },
});
