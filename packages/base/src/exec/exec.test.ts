import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { identify, isSameProcess } from './process.ts';
import { run, type RunOptions } from './exec.ts';

const ctx = { signal: new AbortController().signal };

const node = (script: string, options: RunOptions = {}, context = ctx) =>
  run(execPath, ['-e', script], options, context);

describe('run', () => {
  it('returns output, messages and exit code', async () => {
    const script = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3';
    expect(await node(script, { accept: [3] })).toEqual({ stdout: 'out', stderr: 'err', exitCode: 3 });
  });

  it('gives the program its input, directory and variables, and nothing else of this process', async () => {
    const script =
      'process.stdin.on("data", d => console.log(String(d), process.cwd(), process.env.GIVEN, Object.keys(process.env).sort().join()))';
    const options = { stdin: 'in', cwd: '/', env: { GIVEN: 'yes', HOME: undefined }, inherit: ['PATH', 'HOME'] };
    expect((await node(script, options)).stdout).toBe('in / yes GIVEN,LC_ALL,PATH\n');
  });

  it('passes arguments as they are: no shell reads them', async () => {
    const { stdout } = await run(execPath, ['-e', 'console.log(process.argv[1])', '--', '$(id); "x" *'], {}, ctx);
    expect(stdout).toBe('$(id); "x" *\n');
  });

  it('tells whole lines while the program runs', async () => {
    const lines: string[] = [];
    await node('process.stderr.write("a\\nb"); setTimeout(() => process.stderr.write("c\\n"), 5)', {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['a', 'bc']);
  });

  interface Failure {
    readonly script: string;
    readonly options?: RunOptions;
    readonly code: string;
    readonly what: RegExp;
    readonly why?: RegExp;
  }
  const failures: Readonly<Record<string, Failure>> = {
    'a failure with its last words': {
      script: 'console.error("no luck"); process.exit(4)',
      code: 'E_EXEC_FAILED',
      what: /exit code 4/,
      why: /no luck/,
    },
    'a program that is killed': {
      script: 'process.kill(process.pid, "SIGSEGV")',
      code: 'E_EXEC_FAILED',
      what: /killed by SIGSEGV/,
      why: /no message/,
    },
    'too much output': {
      script: 'for (;;) console.log("x".repeat(1000))',
      options: { maxOutputBytes: 10_000 },
      code: 'E_EXEC_OUTPUT',
      what: /more than 10000 bytes/,
    },
    'no end': {
      script: 'setInterval(() => {}, 1000)',
      options: { timeoutMs: 300 },
      code: 'E_EXEC_TIMEOUT',
      what: /within 300 ms/,
    },
    'a secret in arguments and output': {
      script: 'console.error("pw hunter2"); process.exit(1)',
      options: { secrets: ['hunter2'] },
      code: 'E_EXEC_FAILED',
      what: /pw \*\*\*/,
      why: /^pw \*\*\*$/,
    },
    'a directory that is missing': {
      script: '',
      options: { cwd: '/nonexistent' },
      code: 'E_EXEC_MISSING',
      what: /cannot start node/,
      why: /\/nonexistent does not exist/,
    },
  };
  it.each(Object.entries(failures))('reports %s', async (_, { script, options, code, what, why = /./ }) => {
    const problem = { what: expect.stringMatching(what), why: expect.stringMatching(why) };
    await expect(node(script, options)).rejects.toMatchObject({ code, problem });
  });

  it('reports a program that does not exist', async () => {
    await expect(run('no-such-program', ['--flag'], {}, ctx)).rejects.toMatchObject({
      code: 'E_EXEC_MISSING',
      problem: { what: 'cannot start no-such-program --flag' },
    });
  });

  it('kills the whole group on abort, also a child that ignores SIGTERM, and rejects with the reason', async () => {
    const controller = new AbortController();
    const grandchild =
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.error("pid " + process.pid)';
    const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], {stdio: "inherit"})`;
    let pid = 0;
    const onLine = (line: string) => {
      pid = Number(line.split(' ')[1]);
      controller.abort(new Error('enough'));
    };
    await expect(node(script, { onLine }, controller)).rejects.toThrow('enough');
    expect(await gone(pid)).toBe(true);
  });

  it('does not start anything after an abort', async () => {
    await expect(node('', {}, { signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow('early');
  });

  it('does not wait for a background child that holds the output open', async () => {
    const script =
      'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {stdio: "inherit"}).unref(); console.log("done")';
    expect((await node(script)).stdout).toBe('done\n');
  });
});

/** A killed process may need a moment to be gone. */
async function gone(pid: number): Promise<boolean> {
  const identity = await identify(pid);
  if (identity === undefined) return true;
  while (await isSameProcess(identity)) await systemClock.sleep(20);
  return true;
}
