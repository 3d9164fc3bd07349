import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { defineFailpoints, parseFailpoints } from './failpoint.ts';

function recorded() {
  const log: string[] = [];
  return { log, kill: () => void log.push('kill'), sleep: async (ms: number) => void log.push(`sleep ${ms}`) };
}

test('names are a catalogue', () => {
  expect(defineFailpoints('deploy', ['apply.before', 'apply.after'], undefined).names).toEqual([
    'deploy.apply.before',
    'deploy.apply.after',
  ]);
});

describe('hits', () => {
  test.each([
    [undefined, 3, []],
    ['', 3, []],
    ['deploy.a=kill', 2, ['kill']],
    ['deploy.a=kill@3', 2, []],
    ['deploy.a=kill@3', 3, ['kill']],
    ['deploy.a=delay:200', 2, ['sleep 200', 'sleep 200']],
    ['deploy.a=delay:5@2', 2, ['sleep 5']],
    ['smelt.a=kill, deploy.b=kill', 2, []],
  ])('%s, hit %i times', async (setting, times, expected) => {
    const effects = recorded();
    const points = defineFailpoints('deploy', ['a', 'b'], setting, effects);
    for (let hit = 0; hit < times; hit++) await points.hit('a');
    expect(effects.log).toEqual(expected);
  });

  test('throw throws once', async () => {
    const points = defineFailpoints('deploy', ['a'], 'deploy.a=throw@2');
    await points.hit('a');
    await expect(points.hit('a')).rejects.toMatchObject({
      code: 'E_FAILPOINT',
      problem: { what: 'failed on purpose at deploy.a' },
    });
    await points.hit('a');
  });

  test('kill really kills', async () => {
    const program = `const { defineFailpoints } = await import(${JSON.stringify(new URL('./failpoint.ts', import.meta.url).href)});
      const points = defineFailpoints('deploy', ['a']);
      for (let i = 0; i < 5; i++) { console.log(i); await points.hit('a'); }`;
    const { signal, stdout } = await new Promise<{ signal: string; stdout: string }>((resolve) => {
      const env = { ...process.env, FORGE_FAILPOINTS: 'deploy.a=kill@3' };
      execFile(process.execPath, ['--input-type=module', '-e', program], { env }, (error, stdout) =>
        resolve({ signal: String(error?.signal), stdout }),
      );
    });
    expect({ signal, stdout }).toEqual({ signal: 'SIGKILL', stdout: '0\n1\n2\n' });
  });
});

test.each(['deploy.a', 'deploy.a=explode', 'deploy.a=kill@0', 'deploy.a=delay', 'a b=kill'])(
  'bad setting %s',
  (setting) => {
    expect(() => parseFailpoints(setting)).toThrow(expect.objectContaining({ code: 'E_FAILPOINT_SYNTAX', exit: 2 }));
  },
);

test('a name that does not exist is refused by its stage and left alone by others', () => {
  expect(() => defineFailpoints('deploy', ['a'], 'deploy.z=kill')).toThrow('there is no failpoint "deploy.z"');
  expect(defineFailpoints('deploy', ['a'], 'smelt.z=kill').names).toEqual(['deploy.a']);
});
