import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { systemClock, type Context, type Event } from '@cluster-forge/base';
import { startProcess, type ProcessIdentity, type StartedProcess } from '@cluster-forge/base/exec/process';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import { openStore } from '@cluster-forge/base/store/open-store';
import { createToolchain, type ToolchainOptions } from './create-toolchain.ts';
import type { Download, PinnedTool, Pin } from './pin.ts';
import type { Toolchain } from './tool.ts';

/** A world of its own for one test: a PATH, a store, recipes, a publisher on loopback. Programs are shell scripts. */
export interface ToolchainRig {
  readonly ctx: Context;
  readonly directory: string;
  readonly events: readonly Event[];
  /** What the publisher has; everything else is 404. */
  readonly published: Map<string, Uint8Array>;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
  readonly publisher: string;
  pin(download?: Download): PinnedTool;
  /** Puts a program on PATH, in a directory `bin` or another one. */
  program(name: string, script: string, bin?: string): Promise<string>;
  /** A Go that writes down each build and makes `helm`, which says `version`; `wait` lets it stop in the middle until `goOn`. */
  go(options?: {
    readonly version?: string;
    readonly says?: string;
    readonly wait?: boolean;
    readonly fails?: string;
  }): Promise<void>;
  goOn(): Promise<void>;
  builds(): Promise<number>;
  /** Waits until a build runs, and says which process it is. */
  builder(): Promise<ProcessIdentity>;
  toolchain(pins: readonly Pin[], more?: Partial<ToolchainOptions>): Promise<Toolchain>;
  /** The same in a process of its own; prints the path of helm, or the code of the error. */
  process(pins: readonly Pin[]): Promise<StartedProcess & { readonly output: () => Promise<string> }>;
  /** Names in the store's folder of tools. */
  stored(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function toolchainRig(): Promise<ToolchainRig> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-tools-'));
  const events: Event[] = [];
  const publisher = await publish();
  const ctx: Context = {
    signal: new AbortController().signal,
    clock: systemClock,
    host: { emit: (event) => void events.push(event), ask: () => Promise.reject(new Error('nobody')) },
  };
  await mkdir(join(directory, 'recipes/helm'), { recursive: true });
  await writeFile(join(directory, 'recipes/helm/go.mod'), 'module x\n\ngo 1.26.0\n');
  const env = { PATH: `${join(directory, 'bin')}:${join(directory, 'bin2')}:/usr/bin:/bin` };
  const options = async () => ({
    env,
    recipes: join(directory, 'recipes'),
    platform: 'linux/amd64' as const,
    store: await openStore(join(directory, 'store')),
  });
  return {
    ...programs(directory),
    ctx,
    directory,
    events,
    published: publisher.files,
    requests: publisher.requests,
    publisher: publisher.origin,
    pin: (download) => helmPin(download === undefined ? {} : { 'linux/amd64': download }),
    toolchain: async (pins, more = {}) =>
      createToolchain({
        ...(await options()),
        pins,
        fetch: createFetcher({ allowPrivate: true, retry: { tries: 1 } }),
        ...more,
      }),
    process: (pins) =>
      inProcess(directory, { pins, env, recipes: join(directory, 'recipes'), platform: 'linux/amd64' }, ctx),
    stored: async () => (await readdir(join(directory, 'store/tools')).catch((): string[] => [])).toSorted(),
    close: async () => {
      await new Promise((done) => publisher.server.close(done));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function helmPin(downloads: PinnedTool['downloads']): PinnedTool {
  const build = {
    folder: 'helm',
    package: 'helm.example/cmd/helm',
    output: 'helm',
    stamp: ['helm.example.version=v1.2.3'],
  };
  return { kind: 'pinned', name: 'helm', version: '1.2.3', group: 'core', versionArgs: ['version'], downloads, build };
}

function programs(directory: string) {
  const program = async (name: string, script: string, bin = 'bin') => {
    const path = join(directory, bin, name);
    await mkdir(join(directory, bin), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const log = join(directory, 'builds');
  return {
    program,
    go: async ({
      version = '1.26.8',
      says = 'v1.2.3',
      wait = false,
      fails,
    }: Parameters<ToolchainRig['go']>[0] = {}) => {
      const until = wait
        ? `echo half > "$out/helm"; while [ ! -e ${join(directory, 'go-on')} ]; do sleep 0.02; done`
        : '';
      const script = `
        if [ "$1" = version ]; then echo "go version go${version} linux/amd64"; exit; fi
        for arg; do [ "$last" = -o ] && out=$arg; last=$arg; done
        echo "$@" >> ${log}
        echo "go: downloading helm.example v1.2.3" >&2
        echo "helm.example/cmd/helm" >&2
        ${fails === undefined ? '' : `echo "${fails}" >&2; exit 1`}
        ${until}
        printf '#!/bin/sh\\necho ${says}\\n' > "$out/helm" && chmod +x "$out/helm"`;
      await program('go', script);
    },
    builder: async () => {
      for (;;) {
        const tools = join(directory, 'store/tools');
        const [bench = ''] = await readdir(tools).catch((): string[] => []);
        const text = await readFile(join(tools, bench, '.builder.json'), 'utf8').catch(() => '');
        if (text !== '') return JSON.parse(text);
        await systemClock.sleep(20);
      }
    },
    goOn: () => writeFile(join(directory, 'go-on'), ''),
    builds: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').length - 1,
  };
}

async function publish(): Promise<{
  server: Server;
  origin: string;
  files: Map<string, Uint8Array>;
  requests: string[];
}> {
  const files = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const bytes = files.get(request.url ?? '');
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    server,
    files,
    requests,
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
  };
}

let started = 0;

async function inProcess(directory: string, options: object, ctx: Context) {
  const url = (name: string) => JSON.stringify(import.meta.resolve(name));
  const script = `
    const { createToolchain } = await import(${url('./create-toolchain.ts')});
    const { openStore } = await import(${url('@cluster-forge/base/store/open-store')});
    const { systemClock } = await import(${url('@cluster-forge/base')});
    const ctx = { signal: new AbortController().signal, clock: systemClock, host: { emit() {} } };
    const store = await openStore(${JSON.stringify(join(directory, 'store'))});
    const toolchain = createToolchain({ ...${JSON.stringify(options)}, store });
    console.log(await toolchain.resolve('helm', ctx).then(({ path }) => path, (error) => error.code));`;
  started += 1;
  const logFile = join(directory, `process-${started}`);
  const child = await startProcess(execPath, ['--input-type=module', '-e', script], { logFile }, ctx);
  return { ...child, output: async () => (await readFile(logFile, 'utf8')).trim() };
}
