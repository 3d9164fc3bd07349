import type { Command } from '../command.ts';

/** One line a command: enough for `forge --help`; the module is loaded only when the command is used. */
export interface CommandEntry {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const start = 'Start here';
const line = 'The line';
const operate = 'Operate';
const tools = 'This computer';

/** Every command, in the order in which help shows them. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'up',
    group: start,
    summary: 'bring up a lab and a platform on it, and watch it',
    load: async () => (await import('./up.ts')).up,
  },
  {
    name: 'status',
    group: start,
    summary: 'what is ready, and what the rest waits for',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'down',
    group: start,
    summary: 'stop and remove what `up` started',
    load: async () => (await import('./down.ts')).down,
  },
  {
    name: 'explain',
    group: line,
    summary: 'which layer set a value',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'mine',
    group: line,
    summary: 'fetch every source and write forge.lock',
    load: async () => (await import('./mine.ts')).mine,
  },
  {
    name: 'smelt',
    group: line,
    summary: 'render everything into working/',
    load: async () => (await import('./smelt.ts')).smelt,
  },
  {
    name: 'check',
    group: line,
    summary: 'find problems before a cluster does',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'graph',
    group: line,
    summary: 'the dependency graph as text, dot, svg or json',
    load: async () => (await import('./graph.ts')).graph,
  },
  {
    name: 'plan',
    group: line,
    summary: 'what a deploy would do, in which order',
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'deploy',
    group: line,
    summary: 'apply along the graph, with gates; resumable',
    load: async () => (await import('./deploy.ts')).deploy,
  },
  {
    name: 'why',
    group: operate,
    summary: 'the chain of causes behind anything not ready',
    load: async () => (await import('./why.ts')).why,
  },
  {
    name: 'lab',
    group: tools,
    summary: 'simulated clusters: up, down, status, list',
    load: async () => (await import('./lab.ts')).lab,
  },
  {
    name: 'doctor',
    group: tools,
    summary: 'every external program: where it is, or why not',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'store',
    group: tools,
    summary: 'the cache of sources, renders and tools',
    load: async () => (await import('./store.ts')).store,
  },
  {
    name: 'completion',
    group: tools,
    summary: 'shell completion for bash, zsh and fish',
    load: async () => (await import('./completion.ts')).completion,
  },
];
