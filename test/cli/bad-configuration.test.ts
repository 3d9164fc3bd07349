import { component, platform, stack } from '@cluster-forge/forge/config/fixture';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cliRig, type CliRig } from './rig.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await cliRig();
});
afterEach(() => rig.end());

/** What a person must be told, and where to look. `where` is relative to the folder of the platform. */
interface Told {
  readonly code: string;
  readonly what: RegExp;
  readonly where: RegExp;
  readonly fix: RegExp;
}

interface Case extends Told {
  readonly files: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
}

const usesApp = platform('  components: {app: {}}');
const bomb = `spec:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, at) => {
  const [from, to] = ['abcdefghij'[at], 'abcdefghij'[at + 1]];
  return `  ${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]\n`;
}).join('')}`;

const cases: Readonly<Record<string, Case>> = {
  'broken YAML in the platform': {
    files: { 'platform.yaml': `${usesApp}  params: {a: 1\n` },
    code: 'E_YAML_SYNTAX',
    what: /./,
    where: /platform\.yaml:\d+:\d+/,
    fix: /./,
  },
  'broken YAML in a stack': {
    files: { 'platform.yaml': platform('  extends: [low]'), 'catalog/low/stack.yaml': stack('low', '  components: [') },
    code: 'E_YAML_SYNTAX',
    what: /./,
    where: /catalog\/low\/stack\.yaml:\d+:\d+/,
    fix: /./,
  },
  'broken YAML in a component': {
    files: { 'platform.yaml': usesApp, 'catalog/app/component.yaml': component('app', '  provides: {{') },
    code: 'E_YAML_SYNTAX',
    what: /./,
    where: /catalog\/app\/component\.yaml:\d+:\d+/,
    fix: /./,
  },
  'broken YAML in values': {
    files: {
      'platform.yaml': usesApp,
      'catalog/app/component.yaml': component('app'),
      'catalog/app/values.yaml': 'a: 1\n b: "\n',
    },
    code: 'E_YAML_SYNTAX',
    what: /./,
    where: /catalog\/app\/values\.yaml:\d+:\d+/,
    fix: /./,
  },
  'a key twice': {
    files: { 'platform.yaml': `${usesApp}  components: {}\n` },
    code: 'E_YAML_DUPLICATE_KEY',
    what: /"components" appears twice/,
    where: /platform\.yaml:6:\d+/,
    fix: /./,
  },
  'a YAML bomb': {
    files: { 'platform.yaml': bomb },
    code: 'E_YAML_LIMIT',
    what: /too many (values|aliases)/,
    where: /platform\.yaml/,
    fix: /./,
  },
  'an empty platform file': {
    files: { 'platform.yaml': '' },
    code: 'E_CONFIG_SCHEMA',
    what: /./,
    where: /platform\.yaml/,
    fix: /./,
  },
  'an unknown key': {
    files: { 'platform.yaml': platform('  componnts: {}') },
    code: 'E_CONFIG_KEY',
    what: /componnts/,
    where: /platform\.yaml:5:3 \(spec\.componnts\)/,
    fix: /did you mean "components"/,
  },
  'an unknown component': {
    files: {
      'platform.yaml': platform('  components: {longhron: {}}'),
      'catalog/longhorn/component.yaml': component('longhorn'),
    },
    code: 'E_CONFIG_COMPONENT',
    what: /longhron/,
    where: /platform\.yaml:5:\d+/,
    fix: /longhorn/,
  },
  'an unknown stack': {
    files: { 'platform.yaml': platform('  extends: [airm-lcoal]') },
    code: 'E_CONFIG_STACK',
    what: /airm-lcoal/,
    where: /platform\.yaml:5:\d+/,
    fix: /airm-local/,
  },
  'an unknown param': {
    files: {
      'platform.yaml': platform('  components: {app: {}}\n  params: {domian: x}'),
      'catalog/app/component.yaml': component('app', '  params: {domain: {type: string, default: a}}'),
    },
    code: 'E_CONFIG_PARAM',
    what: /domian/,
    where: /platform\.yaml:6:\d+/,
    fix: /domain/,
  },
  'a param of the wrong type': {
    files: {
      'platform.yaml': platform('  components: {app: {}}\n  params: {copies: many}'),
      'catalog/app/component.yaml': component('app', '  params: {copies: {type: integer, default: 1}}'),
    },
    code: 'E_CONFIG_PARAM_VALUE',
    what: /copies/,
    where: /platform\.yaml:6:\d+/,
    fix: /./,
  },
  'a value of the wrong type': {
    files: { 'platform.yaml': platform('  components: [app]') },
    code: 'E_CONFIG_SCHEMA',
    what: /components/,
    where: /platform\.yaml:5:\d+ \(spec\.components\)/,
    fix: /./,
  },
  'an unknown collection': {
    files: {
      'platform.yaml': platform('  extends: [low]\n  collections: {monitorng: true}'),
      'catalog/low/stack.yaml': stack('low', '  collections: {monitoring: {components: {}}}'),
    },
    code: 'E_CONFIG_COLLECTION',
    what: /monitorng/,
    where: /platform\.yaml:6:\d+/,
    fix: /monitoring/,
  },
  'an unknown environment': {
    files: { 'platform.yaml': platform('  environments: {prod: {}}') },
    words: ['--env', 'prd'],
    code: 'E_CONFIG_ENVIRONMENT',
    what: /prd/,
    where: /platform\.yaml/,
    fix: /prod/,
  },
  'a --set that names nothing': {
    files: { 'platform.yaml': usesApp, 'catalog/app/component.yaml': component('app') },
    words: ['--set', 'parms.size=large'],
    code: 'E_CONFIG_SET',
    what: /parms/,
    where: /--set|command line/,
    fix: /params/,
  },
  'a capability nobody provides': {
    files: {
      'platform.yaml': usesApp,
      'catalog/app/component.yaml': component('app', '  requires: [{capability: postgres}]'),
    },
    code: 'E_CONFIG_CAPABILITY',
    what: /postgres/,
    where: /catalog\/app\/component\.yaml:5:\d+/,
    fix: /./,
  },
  'stacks in a circle': {
    files: {
      'platform.yaml': platform('  extends: [one]'),
      'catalog/one/stack.yaml': stack('one', '  extends: [two]'),
      'catalog/two/stack.yaml': stack('two', '  extends: [one]'),
    },
    code: 'E_CONFIG_EXTENDS_CYCLE',
    what: /one.*two.*one|two.*one.*two/,
    where: /stack\.yaml:5:\d+/,
    fix: /./,
  },
  'needs in a circle': {
    files: {
      'platform.yaml': platform('  components: {one: {}, two: {}}'),
      'catalog/one/component.yaml': component('one', '  requires: [{component: two}]'),
      'catalog/two/component.yaml': component('two', '  requires: [{component: one}]'),
    },
    code: 'E_CONFIG_REQUIRES_CYCLE',
    what: /one.*two.*one|two.*one.*two/,
    where: /component\.yaml:5:\d+/,
    fix: /./,
  },
  'an expression that cannot be read': {
    files: {
      'platform.yaml': platform('  components: {app: {values: {a: "${{ params. }}"}}}'),
      'catalog/app/component.yaml': component('app'),
    },
    code: 'E_CEL_SYNTAX',
    what: /./,
    where: /platform\.yaml:5:\d+/,
    fix: /./,
  },
  'a platform file that is not there': {
    files: {},
    words: ['--file', 'nowhere/platform.yaml'],
    code: 'E_CONFIG_FILE',
    what: /nowhere\/platform\.yaml/,
    where: /nowhere\/platform\.yaml/,
    fix: /./,
  },
  'a source file that is not there': {
    files: {
      'platform.yaml': usesApp,
      'catalog/app/component.yaml': component('app', '  sources: [{manifest: {file: nowhere.yaml}}]'),
    },
    code: 'E_CONFIG_SOURCE',
    what: /nowhere\.yaml/,
    where: /catalog\/app\/component\.yaml:5:\d+/,
    fix: /./,
  },
  'a folder of templates that is not there': {
    files: {
      'platform.yaml': usesApp,
      'catalog/app/component.yaml': component('app', '  sources: [{template: nowhere}]'),
    },
    code: 'E_CONFIG_SOURCE',
    what: /nowhere/,
    where: /catalog\/app\/component\.yaml:5:\d+/,
    fix: /./,
  },
};

test.each(Object.entries(cases))('%s', async (_name, { files, words = [], ...told }) => {
  await rig.write(files);
  const before = await rig.snapshot();
  const { code, stdout, stderr } = await rig.run(['check', ...words]);
  expect([2, 3]).toContain(code);
  expect(stdout).toBe('');
  expectTold(stderr, told);
  expect(await rig.snapshot()).toEqual(before);
});

/** One finding has it all: code and what on the first line, then where and fix. */
function expectTold(stderr: string, { code, what, where, fix }: Told): void {
  const finding = stderr.split(/^(?=error )/m).find((part) => part.split('\n')[0]?.endsWith(code)) ?? '';
  expect(finding === '' ? stderr : finding).toMatch(new RegExp(`^error .*${code}$`, 'm'));
  expect(finding.split('\n')[0]).toMatch(what);
  expect(/^ {2}where (.*)$/m.exec(finding)?.[1] ?? `no where in:\n${finding}`).toMatch(where);
  expect(/^ {2}fix {3}(.*)$/m.exec(finding)?.[1] ?? `no fix in:\n${finding}`).toMatch(fix);
}

test('everything that is wrong is told at once, in the order of files and lines', async () => {
  await rig.write({
    'platform.yaml': platform(
      '  params: {domian: x, copies: many}\n  collections: {nope: true}\n  components: {app: {}, missing: {}}',
    ),
    'catalog/app/component.yaml': component(
      'app',
      '  params: {domain: {type: string, default: a}, copies: {type: integer, default: 1}}\n  requires: [{capability: postgres}]',
    ),
  });
  const { stderr } = await rig.run(['check']);
  const codes = [...stderr.matchAll(/^error .* (E_\w+)$/gm)].map(([, code]) => code);
  expect(codes).toEqual(expect.arrayContaining(['E_CONFIG_PARAM', 'E_CONFIG_PARAM_VALUE', 'E_CONFIG_COLLECTION']));
  expect(codes.at(-1)).toBe('E_LINE_PROBLEMS');
  expect(stderr).toMatch(/^error \d+ problems in the configuration E_LINE_PROBLEMS$/m);
});
