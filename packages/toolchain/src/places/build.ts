import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError, type Context, type Task } from '@cluster-forge/base';
import { commonVariables } from '@cluster-forge/base/exec/environment';
import { run } from '@cluster-forge/base/exec/exec';
import { findGo, type Go } from '../go.ts';
import type { PinnedTool } from '../pin.ts';
import type { Refusal } from '../tool.ts';
import { askVersion } from '../version.ts';
import type { Workshop } from '../workshop.ts';
import { bundleOf, keep, markBuilder, openBench } from './store.ts';

/** Why a build gave nothing; `go` says that the compiler is what is missing. */
export interface BuildRefusal extends Refusal {
  readonly missingGo: boolean;
}

/**
 * Builds tools of one bundle with one `go build` and stores them. The sources come through the user's own Go module settings, and each is checked against
 * go.sum. Undefined when all is well; a refusal otherwise.
 */
export async function fromBuild(
  tools: readonly PinnedTool[],
  shop: Workshop,
  task: Task,
  ctx: Context,
): Promise<BuildRefusal | undefined> {
  const [first] = tools;
  if (first === undefined) return undefined;
  const go = await findGo(first.build.folder, shop, ctx);
  if (typeof go === 'string') return { place: 'build', reason: go, missingGo: true };
  const bench = await openBench(bundleOf(first), shop);
  try {
    await compile(go, tools, { shop, bench, task }, ctx);
    for (const tool of tools) await keepIfProven(tool, join(bench, tool.build.output), go, { shop, ctx });
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { place: 'build', reason: reasonOf(error), missingGo: false };
  } finally {
    await rm(bench, { recursive: true, force: true });
  }
}

interface Bench {
  readonly shop: Workshop;
  readonly bench: string;
  readonly task: Task;
}

async function compile(
  go: Go,
  tools: readonly PinnedTool[],
  { shop, bench, task }: Bench,
  ctx: Context,
): Promise<void> {
  const [first] = tools;
  const stamps = new Set(tools.flatMap(({ build }) => build.stamp));
  const linker = ['-s', '-w', ...[...stamps].map((stamp) => `-X ${stamp}`)].join(' ');
  const args = [
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    linker,
    '-o',
    `${bench}/`,
    ...tools.map(({ build }) => build.package),
  ];
  const options = {
    cwd: join(shop.recipes, first?.build.folder ?? ''),
    env: goEnvironment,
    inherit: [...commonVariables, ...goVariables],
    onLine: tellPackages(task),
    onStart: (pid: number) => void markBuilder(bench, pid),
  };
  task.update({ detail: 'waiting for a free processor' });
  await shop.builders.run(() => run(go.path, args, options, ctx), ctx.signal);
}

/** What makes a build the same everywhere: no C compiler, no other Go than the one found, no change of go.mod, no surrounding workspace. */
const goEnvironment = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' };

/** Where the user's Go keeps and gets modules. */
const goVariables: readonly string[] = [
  'GOPATH',
  'GOCACHE',
  'GOMODCACHE',
  'GOENV',
  'GOPROXY',
  'GONOPROXY',
  'GOPRIVATE',
  'GOSUMDB',
  'GONOSUMDB',
  'GOMAXPROCS',
  'GOTMPDIR',
];

/** `go build -v` prints a line for each package that it had to compile, and one for each module that it downloads. */
function tellPackages(task: Task): (line: string) => void {
  let done = 0;
  return (line) => {
    if (line.startsWith('go: downloading ')) return task.update({ detail: line.slice('go: '.length) });
    done += 1;
    task.update({ detail: `compiling ${line}`, progress: { done, unit: 'items' } });
  };
}

async function keepIfProven(
  tool: PinnedTool,
  built: string,
  go: Go,
  { shop, ctx }: { shop: Workshop; ctx: Context },
): Promise<void> {
  await stat(built);
  const version = await askVersion(built, tool.versionArgs, ctx);
  if (version !== tool.version)
    throw new Error(`${tool.name} was built, but says that it is ${version ?? 'nothing'} instead of ${tool.version}`);
  await keep(tool, built, { place: 'build', from: `${tool.build.package} with go ${go.version}` }, shop);
}

function reasonOf(error: unknown): string {
  if (error instanceof ForgeError)
    return [error.problem.what, error.problem.why].filter((part) => part !== undefined).join(': ');
  return error instanceof Error ? error.message : String(error);
}
