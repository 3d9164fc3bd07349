import { expect, test } from 'vitest';
import { testBadInput } from './bad-input.ts';
import { loadPlatform } from './config.ts';
import { component, loadFiles, platform, stack } from './fixture.ts';

testBadInput({
  'an unknown component': {
    files: {
      'platform.yaml': platform('  components: {certmanager: {}}'),
      'builtin/cert-manager/component.yaml': component('cert-manager'),
    },
    code: 'E_CONFIG_COMPONENT',
    at: 'platform.yaml:5:16',
    what: /no component "certmanager"/,
    fix: /did you mean "cert-manager"/,
  },
  'an unknown component in a collection that is off': {
    files: {
      'platform.yaml': platform('  extends: [base]'),
      'builtin/base/stack.yaml': stack('base', '  collections: {x: {components: {nope: {}}}}'),
    },
    code: 'E_CONFIG_COMPONENT',
    at: 'builtin/base/stack.yaml:5:34',
    what: /no component "nope"/,
    fix: /catalog\/<name>/,
  },
  'a stack named as a component': {
    files: {
      'platform.yaml': platform('  components: {base: {}}'),
      'builtin/base/stack.yaml': stack('base', '  components: {}'),
    },
    code: 'E_CONFIG_COMPONENT',
    at: 'platform.yaml:5:16',
    what: /no component "base"/,
    fix: /under extends/,
  },
  'an unknown stack': {
    files: {
      'platform.yaml': platform('  extends: [bsae]'),
      'builtin/base/stack.yaml': stack('base', '  components: {}'),
    },
    code: 'E_CONFIG_STACK',
    at: 'platform.yaml:5:13',
    what: /no stack "bsae"/,
    fix: /did you mean "base"/,
  },
  'a missing stack file': {
    files: { 'platform.yaml': platform('  extends: [./stacks/none]') },
    code: 'E_CONFIG_FILE',
    at: 'platform.yaml:5:13',
    what: /stacks\/none\/stack\.yaml does not exist/,
    fix: /correct the path/,
  },
  'a stack in a registry': {
    files: { 'platform.yaml': platform('  extends: ["oci://example.com/stacks/airm:1"]') },
    code: 'E_CONFIG_REMOTE',
    at: 'platform.yaml:5:13',
    what: /oci:\/\/example\.com/,
    fix: /relative path/,
  },
  'a stack in git': {
    files: { 'platform.yaml': platform('  extends: ["git+https://example.com/x.git"]') },
    code: 'E_CONFIG_REMOTE',
    at: 'platform.yaml:5:13',
    what: /cannot be used/,
    fix: /relative path/,
  },
  'stacks in a circle': {
    files: {
      'platform.yaml': platform('  extends: [a]'),
      'builtin/a/stack.yaml': stack('a', '  extends: [b]'),
      'builtin/b/stack.yaml': stack('b', '  extends: [c]'),
      'builtin/c/stack.yaml': stack('c', '  extends: [a]'),
    },
    code: 'E_CONFIG_EXTENDS_CYCLE',
    at: 'builtin/c/stack.yaml:5:13',
    what: /circle: a -> b -> c -> a/,
    fix: /remove one/,
  },
  'a missing catalog folder': {
    files: { 'platform.yaml': platform('  catalogs: [../mine]') },
    code: 'E_CONFIG_FILE',
    at: 'platform.yaml:5:14',
    what: /mine does not exist/,
    fix: /relative/,
  },
  'an unknown collection': {
    files: {
      'platform.yaml': platform('  extends: [base]\n  collections: {monitring: true}'),
      'builtin/base/stack.yaml': stack('base', '  collections: {monitoring: {components: {}}}'),
    },
    code: 'E_CONFIG_COLLECTION',
    at: 'platform.yaml:6:28',
    what: /no stack has a collection "monitring"/,
    fix: /did you mean "monitoring"/,
  },
  'an unknown environment': {
    files: { 'platform.yaml': platform('  environments: {prod: {}}') },
    request: { environment: 'prd' },
    code: 'E_CONFIG_ENVIRONMENT',
    at: 'platform.yaml:5:17',
    what: /no environment "prd"/,
    fix: /did you mean "prod"/,
  },
  'a file and a stack at once': {
    files: { 'platform.yaml': platform('  components: {}') },
    request: {
      file: 'platform.yaml',
      stack: 'x',
    },
    code: 'E_CONFIG_REQUEST',
    at: undefined,
    what: /both/,
    fix: /name one/,
  },
});

test('everything wrong is told at once, in the order of the files', async () => {
  const { problems } = await loadFiles({
    'platform.yaml': platform(
      '  extends: [nope]\n  params: {x: 1}\n  collections: {c: true}\n  components: {missing: {}, app: {}}',
    ),
    'catalog/app/component.yaml': component(
      'app',
      '  requires: [{capability: none}, {component: gone}]\n  values: {a: "${{ nothing }}"}',
    ),
  });
  expect(problems.map(({ code, where }) => `${where?.file}:${where?.line} ${code}`)).toEqual([
    'catalog/app/component.yaml:5 E_CONFIG_CAPABILITY',
    'catalog/app/component.yaml:5 E_CONFIG_REQUIRES',
    'catalog/app/component.yaml:6 E_CEL_EVALUATE',
    'platform.yaml:5 E_CONFIG_STACK',
    'platform.yaml:6 E_CONFIG_PARAM',
    'platform.yaml:7 E_CONFIG_COLLECTION',
    'platform.yaml:8 E_CONFIG_COMPONENT',
  ]);
});

test('an unknown key does not hide what else is wrong', async () => {
  const { problems } = await loadFiles({
    'platform.yaml': platform('  extends: [nope]\n  componets: {}\n  components: {a: {vals: {}}}'),
  });
  expect(problems.map(({ code, where }) => `${where?.line} ${code}`)).toEqual([
    '5 E_CONFIG_STACK',
    '6 E_CONFIG_KEY',
    '7 E_CONFIG_COMPONENT',
    '7 E_CONFIG_KEY',
  ]);
});

test('an aborted load stops', async () => {
  const load = loadPlatform(
    { file: '/nowhere/platform.yaml', catalogs: [] },
    { signal: AbortSignal.abort(new Error('stopped')) },
  );
  await expect(load).rejects.toThrow('stopped');
});
