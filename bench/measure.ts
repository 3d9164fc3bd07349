import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** One run of a whole process, as the operating system accounts it. */
export interface Run {
  readonly wallSeconds: number;
  /** User and system time of the process and all children it waited for. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  /** A non-zero exit is a result, not a failure of the benchmark. */
  readonly mayFail?: boolean;
}

/** Clock ticks a second of /proc/self/stat; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Runs a command and measures it. CPU time is what our own waited-for children grew by, so runs must not overlap. */
export async function measure(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const before = childrenCpuSeconds();
  const started = performance.now();
  const stdio = openSync('/dev/null', 'r');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [stdio, 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 600_000,
  });
  closeSync(stdio);
  const chunks: { readonly out: Buffer[]; readonly err: Buffer[] } = { out: [], err: [] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.err.push(chunk));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  const wallSeconds = (performance.now() - started) / 1000;
  const run: Run = {
    wallSeconds,
    cpuSeconds: childrenCpuSeconds() - before,
    exitCode,
    stdout: Buffer.concat(chunks.out).toString(),
    stderr: Buffer.concat(chunks.err).toString(),
  };
  if (exitCode !== 0 && options.mayFail !== true)
    throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${run.stderr.slice(-2000)}`);
  return run;
}

/** The same several times, in turn with the others, so that a slow minute of the machine hits all of them. */
export async function inTurn<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const values = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries<() => Promise<number>>(contestants))
      values.set(name, [...(values.get(name) ?? []), await run()]);
  }
  // One entry for each contestant was made above.
  return Object.fromEntries(values) as Record<Name, number[]>;
}

/** CPU time of one process so far, in seconds; undefined when it is gone. */
export function processCpuSeconds(pid: number): number | undefined {
  const fields = statFields(String(pid));
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function childrenCpuSeconds(): number {
  const fields = statFields('self');
  return fields === undefined ? Number.NaN : (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** Fields of /proc/PID/stat after the name, which may hold blanks: index 11 is utime (proc(5) field 14), 13 is cutime. */
function statFields(pid: string): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
