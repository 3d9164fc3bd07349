import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { component, platform } from '@cluster-forge/forge/config/fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliRig, type CliRig } from './rig.ts';

const commands = [
  'up',
  'status',
  'down',
  'explain',
  'mine',
  'smelt',
  'check',
  'graph',
  'plan',
  'deploy',
  'why',
  'lab',
  'doctor',
  'store',
  'completion',
];

const escape = '\u001b';

let rig: CliRig;
beforeAll(async () => {
  rig = await cliRig();
  await rig.write({
    'platform.yaml': platform('  components: {app: {}}'),
    'catalog/app/component.yaml': component('app', '  sources: [{files: objects}]'),
    'catalog/app/objects/all.yaml':
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: app}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {greeting: hello}\n',
  });
});
afterAll(() => rig.end());

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('of everything, for %j', async (words) => {
    const { code, stdout, stderr } = await rig.run(words);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
    expect(stdout).toContain('0 done, 1 failed, 2 usage, 3 problems found, 130 interrupted');
  });

  test.each(commands)('of %s: usage, options, examples that begin with the program', async (command) => {
    const [asked, flagged] = await Promise.all([rig.run(['help', command]), rig.run([command, '--help'])]);
    expect(flagged).toMatchObject({ code: 0, stderr: '', stdout: asked.stdout });
    expect(asked.stdout).toMatch(new RegExp(`^Usage\n  forge ${command}\\b`));
    expect(asked.stdout).toMatch(/^ {2}-o, --output FORMAT/m);
    const [, examples = ''] = asked.stdout.split('\nExamples\n');
    expect(examples.trim().split('\n').length).toBeGreaterThan(0);
    for (const line of examples.trimEnd().split('\n')) expect(line).toMatch(/^ {2}.*\bforge \S+.* {2}\S/);
  });

  test('the list of commands here is the one that help shows', async () => {
    const { stdout } = await rig.run(['--help']);
    const shown = [...stdout.matchAll(/^ {2}([a-z]+) {3,}\S/gm)].map(([, name]) => name);
    expect(shown.filter((name) => name !== 'forge')).toEqual(commands);
  });

  test('the version is that of the package', async () => {
    expect((await rig.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('usage errors end with 2, say what and what to do, and print nothing else', () => {
  test.each([
    [['chek'], 'forge has no command "chek"', 'did you mean forge check?'],
    [['frobnicate'], 'forge has no command "frobnicate"', 'forge --help lists all commands'],
    [['check', '--fiel', 'x'], 'forge check has no option --fiel', 'did you mean --file?'],
    [['check', '-x'], "option '-x'", 'see forge check --help'],
    [['check', '--file'], 'argument missing', 'see forge check --help'],
    [['check', 'extra'], 'forge check does not take "extra"', 'see forge check --help'],
    [['graph', '--format', 'pdf'], 'forge graph --format does not know "pdf"', 'one of: text, dot, svg, json'],
    [['check', '-o', 'yaml'], 'does not know "yaml"', 'one of: human, json'],
    [['completion'], 'forge completion needs SHELL', 'see forge completion --help'],
    [['completion', 'powershell'], 'SHELL cannot be "powershell"', 'one of: bash, zsh, fish'],
    [['lab', 'fly'], 'ACTION cannot be "fly"', 'one of: up, down, status, list'],
    [['store', 'gc', '--keep', 'much'], '--keep cannot be "much"', '500MB'],
    [['lab', 'up', '--nodes', 'many'], '--nodes cannot be "many"', 'whole number'],
    [['lab', 'up', '--gpu', 'eight'], '--gpu cannot be "eight"', 'amd.com/gpu=8'],
    [['lab', 'up', '--pod-delay', 'soon'], '--pod-delay cannot be "soon"', 'milliseconds'],
    [['check', '--file', 'a', '--stack', 'b'], '--file and --stack were both given', 'leave one out'],
    [['deploy', '--lab', '--context', 'x'], 'a lab and a kubeconfig were both named', 'leave one out'],
    [['deploy', '--lab', '--gate-timeout', 'soon'], '--gate-timeout cannot be "soon"', 'give seconds'],
    [['deploy', '--kube-version', 'latest'], '--kube-version cannot be "latest"', 'v1.36.3'],
  ])('%j', async (words, what, fix) => {
    const before = await rig.snapshot();
    const { code, stdout, stderr } = await rig.run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(what);
    expect(stderr).toContain(fix);
    expect(stderr).toContain('E_CLI_USAGE');
    expect(await rig.snapshot()).toEqual(before);
  });

  test('a command that needs a platform says how to name one', async () => {
    const empty = await cliRig();
    const { code, stderr } = await empty.run(['check']);
    await empty.end();
    expect([code, stderr]).toEqual([2, expect.stringMatching(/there is no platform\.yaml[\s\S]*--stack/)]);
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s knows every command', async (shell) => {
    const { code, stdout } = await rig.run(['completion', shell]);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toContain(command);
  });

  test('the bash script parses, and completes commands, options and choices', async () => {
    const script = join(rig.state, 'completion.bash');
    await writeFile(script, (await rig.run(['completion', 'bash'])).stdout);
    expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const complete = (...words: readonly string[]) =>
      spawnSync(
        'bash',
        [
          '-c',
          `. "$0"; COMP_WORDS=(forge "$@"); COMP_CWORD=$#; _forge; printf '%s\\n' "\${COMPREPLY[@]}"`,
          script,
          ...words,
        ],
        {
          encoding: 'utf8',
        },
      ).stdout.split('\n');
    expect(complete('de')).toContain('deploy');
    expect(complete('deploy', '--gate')).toContain('--gate-timeout');
    expect(complete('graph', '--format', 's')).toContain('svg');
    expect(complete('lab', 'u')).toContain('up');
  });

  test.runIf(spawnSync('zsh', ['--version']).status === 0)(
    'the zsh script parses (skipped where zsh is not installed)',
    async () => {
      const { stdout } = await rig.run(['completion', 'zsh']);
      expect(spawnSync('zsh', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    },
  );
});

describe('output', () => {
  test.each([
    ['explain'],
    ['mine'],
    ['smelt'],
    ['check'],
    ['graph'],
    ['plan'],
    ['doctor'],
    ['store', 'show'],
    ['lab', 'list'],
    ['lab', 'status'],
    ['down'],
    ['completion', 'bash'],
  ])('%s %s: with --output json standard output is JSON and nothing else', async (...words) => {
    const { code, data } = await rig.run([...words, '--output', 'json']);
    expect([0, 3]).toContain(code);
    expect(data).not.toThrow();
  });

  test.each(['--output=json', '-ojson'])('an error is data too: %s', async (flag) => {
    const { code, data, stderr } = await rig.run(['check', '--file', 'nowhere.yaml', flag]);
    expect(code).toBe(3);
    expect(data()).toMatchObject({ error: { code: expect.stringMatching(/^E_/), diagnostics: expect.any(Array) } });
    expect(stderr).toContain('nowhere.yaml');
  });

  test('progress is plain lines on standard error, without escape sequences', async () => {
    const { code, stdout, stderr } = await rig.run(['check']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^2 objects of 1 components: 0 errors, \d+ warnings\n$/m),
    ]);
    expect(stderr).toMatch(/^ok {3}Load platform \([\d.]+ s\): test, 1 components$/m);
    expect(stdout + stderr).not.toContain(escape);
  });

  test('progress can be events, one JSON document a line, or nothing', async () => {
    const [events, nothing] = await Promise.all([
      rig.run(['plan', '--progress', 'json']),
      rig.run(['plan', '--progress', 'none']),
    ]);
    const lines = events.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'task', id: 'load', state: 'done' }));
    expect(nothing).toMatchObject({ code: 0, stderr: '' });
  });

  test('colours: asked for, refused by NO_COLOR, refused by --no-color', async () => {
    const coloured = await rig.run(['check'], { FORCE_COLOR: '1' });
    const refused = await rig.run(['check'], { FORCE_COLOR: '1', NO_COLOR: '1' });
    const flagged = await rig.run(['check', '--no-color'], { FORCE_COLOR: '1' });
    const helped = await rig.run(['check', '--help', '--no-color'], { FORCE_COLOR: '1' });
    expect(coloured.stderr).toContain(escape);
    for (const { stdout, stderr } of [refused, flagged, helped]) expect(stdout + stderr).not.toContain(escape);
  });

  test('problems found end with 3, and --strict counts warnings', async () => {
    await rig.write({ 'weak.yaml': platform('  components: {weak: {}}') });
    await rig.write({
      'catalog/weak/component.yaml': component('weak', '  namespaceLabels: {}\n  sources: [{files: objects}]'),
      'catalog/weak/objects/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "nginx:latest"}]}\n',
    });
    const lax = await rig.run(['check', '-f', 'weak.yaml']);
    const strict = await rig.run(['check', '-f', 'weak.yaml', '--strict']);
    expect([lax.code, strict.code]).toEqual([0, 3]);
    expect(strict.stdout).toMatch(/^warning .*\n {2}where .*pod-p\.yaml:\d+:\d+/);
  });
});
