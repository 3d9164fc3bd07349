import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError, runTask, type Context, type Json } from '@cluster-forge/base';
import { identify } from '@cluster-forge/base/exec/process';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { connect } from '@cluster-forge/kube/cluster/connect';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import type { KubeObject } from '@cluster-forge/kube/object';
import { adaptForLab, type Adapted } from './adapt/adapt.ts';
import { withLock } from '@cluster-forge/base/files/lock';
import { freshDataDirectory, labDirectory, type LabDirectory } from './directory.ts';
import { labErrors } from './errors.ts';
import { writeCredentials } from './control-plane/credentials.ts';
import { freePort, type Probe } from './control-plane/probe.ts';
import { controlPlaneTools, type ControlPlaneTool, type Plan } from './control-plane/programs.ts';
import { startControlPlane } from './control-plane/start.ts';
import { nodesOf } from './nodes/nodes.ts';
import { airmLocalNodes } from './nodes/profiles.ts';
import { create, registerNodes } from './nodes/register.ts';
import { defaultStorageClass } from './nodes/storage-class.ts';
import { setModels } from './operator/set-models.ts';
import type { LabContext, LabOptions } from './options.ts';
import { kwokConfiguration } from './stages/stages.ts';
import { isAbandoned, labStatus, type LabStatus } from './status.ts';
import { destroy } from './stop.ts';
import { labNames, makeDirectories, readState, writeState, type LabState } from './state.ts';

/** A running lab. */
export interface Lab {
  readonly name: string;
  readonly directory: LabDirectory;
  readonly kubeconfigPath: string;
  /** URL of the API server. */
  readonly server: string;
  readonly cluster: Cluster;
  /** The form in which an object can live in a lab, with a note for each change; see `adaptForLab`. */
  readonly adapt: (manifest: Manifest) => Adapted;
  /** Replaces the operator models (documents of simulate.yaml) that the lab runs. Throws E_LAB_MODEL with all problems, and then changes nothing. */
  setModels(documents: readonly Json[], ctx: Context): Promise<void>;
  /** undefined once it has been stopped. */
  status(): Promise<LabStatus | undefined>;
  /** Closes this program's connections; the lab runs on. */
  close(): Promise<void>;
  /** Ends every process and removes every file of the lab. */
  stop(ctx: Context): Promise<void>;
}

/**
 * Starts a lab and returns when pods can be scheduled: control plane, nodes, default StorageClass, default service account. Labs that somebody left
 * behind are removed first. On failure or abort everything started is ended again. Throws E_LAB_NAME, E_LAB_EXISTS, E_LOCK_HELD, E_LAB_NODES,
 * E_LAB_PROCESS, E_LAB_TIMEOUT, and what `tools` throws.
 */
export async function startLab(options: LabOptions, ctx: LabContext): Promise<Lab> {
  const directory = labDirectory(options.stateRoot, options.name);
  const nodes = nodesOf(options.nodes ?? airmLocalNodes, ctx.clock.now());
  await reapLabs(options.stateRoot, ctx);
  return withLock({ path: directory.lock, purpose: `start lab ${options.name}`, ifHeld: 'fail' }, ctx, () =>
    runTask({ id: 'lab', title: `lab ${options.name}` }, ctx, async () => {
      await makeWay(directory, ctx);
      return labOf(directory, await launch(directory, { ...options, nodeObjects: nodes }, ctx), ctx);
    }),
  );
}

interface Launch extends LabOptions {
  readonly nodeObjects: readonly KubeObject[];
}

/** Tries when another program takes the port between our look and the API server's. */
const portTries = 3;

async function launch(directory: LabDirectory, options: Launch, ctx: LabContext): Promise<LabState> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { plan, state } = await prepare(directory, options, ctx);
      const populateWith = (probe: Probe) => populate(options.nodeObjects, probe, ctx);
      await startControlPlane(plan, { timeoutMs: options.timeoutMs ?? 60_000, populate: populateWith }, ctx);
      await writeState(directory, settled(state));
      return state;
    } catch (error) {
      await destroy(directory, { state: await readState(directory), keepLogs: true }, ctx);
      if (tries >= portTries || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return (
    error instanceof ForgeError &&
    error.code === labErrors.E_LAB_PROCESS.code &&
    /address already in use/.test(error.problem.why ?? '')
  );
}

/** A lab that runs already. Throws E_LAB_ABSENT. */
export async function openLab(stateRoot: string, name: string, ctx: Context): Promise<Lab> {
  const directory = labDirectory(stateRoot, name);
  const state = await readState(directory);
  if (state !== undefined) return labOf(directory, state, ctx);
  throw labErrors.E_LAB_ABSENT({
    what: `there is no lab called ${name}`,
    why: `${directory.root} does not exist`,
    fix: `start it with \`forge lab up --name ${name}\``,
  });
}

/** Ends a lab in whatever state it is; false when there is none. Throws E_LAB_STUCK. */
export async function stopLab(stateRoot: string, name: string, ctx: Context): Promise<boolean> {
  const directory = labDirectory(stateRoot, name);
  return withLock({ path: directory.lock, purpose: `stop lab ${name}` }, ctx, async () => {
    const state = await readState(directory).catch(() => undefined);
    await runTask({ id: 'lab/stop', title: `stop lab ${name}` }, ctx, () => destroy(directory, { state }, ctx));
    return state !== undefined;
  });
}

/** Removes labs that nobody will end any more. Returns their names. */
export async function reapLabs(stateRoot: string, ctx: Context): Promise<readonly string[]> {
  const abandoned: string[] = [];
  for (const name of await labNames(stateRoot)) {
    if (!(await reap(labDirectory(stateRoot, name), ctx))) continue;
    abandoned.push(name);
    ctx.host.emit({
      kind: 'note',
      at: ctx.clock.now(),
      level: 'info',
      text: `removed lab ${name}, which its owner had left behind`,
    });
  }
  return abandoned;
}

/** Looks again under the lock: meanwhile somebody may have started a lab of that name. */
async function reap(directory: LabDirectory, ctx: Context): Promise<boolean> {
  const isLeft = async () => {
    const state = await readState(directory).catch(() => undefined);
    return state !== undefined && (await isAbandoned(state)) ? state : undefined;
  };
  if ((await isLeft()) === undefined) return false;
  return withLock({ path: directory.lock, purpose: `remove lab ${directory.name}` }, ctx, async () => {
    const state = await isLeft();
    if (state !== undefined) await destroy(directory, { state }, ctx);
    return state !== undefined;
  });
}

/** Refuses a name whose lab runs; clears away one that is broken. */
async function makeWay(directory: LabDirectory, ctx: Context): Promise<void> {
  const status = await labStatus(directory);
  if (status?.phase === 'ready') {
    throw labErrors.E_LAB_EXISTS({
      what: `lab ${directory.name} is running already`,
      why: `it was started ${new Date(status.createdAt).toISOString()} and answers at ${status.server}`,
      fix: `use it as it is, end it with \`forge lab down ${directory.name}\`, or choose another name`,
    });
  }
  await destroy(directory, { state: await readState(directory) }, ctx);
}

async function populate(nodes: readonly KubeObject[], probe: Probe, ctx: Context): Promise<void> {
  const [refused] = await Promise.all([
    create(defaultStorageClass, '/apis/storage.k8s.io/v1/storageclasses', probe),
    registerNodes(nodes, probe, ctx),
  ]);
  if (refused !== undefined)
    throw labErrors.E_LAB_NODES({ what: 'the API server refuses the default StorageClass', why: refused });
}

interface Prepared {
  readonly plan: Plan;
  readonly state: LabState;
}

async function prepare(directory: LabDirectory, options: LabOptions, ctx: LabContext): Promise<Prepared> {
  const [tools, port, owner] = await Promise.all([resolveTools(ctx), freePort(), identify()]);
  const state: LabState = {
    version: 1,
    name: directory.name,
    phase: 'starting',
    createdAt: ctx.clock.now(),
    server: `https://127.0.0.1:${port}`,
    dataDirectory: freshDataDirectory(directory.name),
    ephemeral: options.ephemeral ?? false,
    ...(owner === undefined ? {} : { owner }),
  };
  await makeDirectories(directory);
  await writeState(directory, state);
  const stageFile = join(directory.root, 'kwok.yaml');
  await Promise.all([
    mkdir(state.dataDirectory, { mode: 0o700 }),
    writeCredentials(directory, state.server, ctx.clock.now()),
    kwokConfiguration(options.timing).then((text) => writeFile(stageFile, text)),
  ]);
  return { state, plan: { directory, dataDirectory: state.dataDirectory, port, tools, stageFile } };
}

async function resolveTools(ctx: LabContext): Promise<Readonly<Record<ControlPlaneTool, string>>> {
  const entries = await Promise.all(
    controlPlaneTools.map(async (tool) => [tool, (await ctx.tools.resolve(tool, ctx)).path] as const),
  );
  // Every tool of the table was resolved.
  return Object.fromEntries(entries) as Record<ControlPlaneTool, string>;
}

/** State of a lab that is ready; one that stays has no owner any more. */
function settled({ owner, ...state }: LabState): LabState {
  return { ...state, phase: 'ready', ...(state.ephemeral && owner !== undefined ? { owner } : {}) };
}

async function labOf(directory: LabDirectory, state: LabState, ctx: Context): Promise<Lab> {
  const cluster = await connect({ kubeconfig: directory.kubeconfig }, ctx);
  return {
    name: directory.name,
    directory,
    kubeconfigPath: directory.kubeconfig,
    server: state.server,
    cluster,
    adapt: adaptForLab,
    setModels: (documents, ctx) => setModels(directory, documents, ctx),
    status: () => labStatus(directory),
    close: () => cluster.close(),
    stop: async (ctx) => {
      await cluster.close();
      await stopLab(directory.stateRoot, directory.name, ctx);
    },
  };
}
