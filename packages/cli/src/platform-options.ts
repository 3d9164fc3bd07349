import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LineRequest } from '@cluster-forge/forge/line';
import type { Input, Option, Session } from './command.ts';
import { cliErrors } from './errors.ts';

/** Options of every command that starts from a platform. */
export const platformOptions: readonly Option[] = [
  {
    name: 'file',
    short: 'f',
    value: 'PATH',
    help: 'platform file; default platform.yaml in this folder',
    completes: 'files',
  },
  { name: 'stack', value: 'NAME', help: 'a platform that extends only this stack, with default params' },
  { name: 'env', short: 'e', value: 'NAME', help: 'environment of the platform' },
  { name: 'set', value: 'PATH=VALUE', help: 'strongest layer, such as params.size=large', repeatable: true },
];

export const mineOptions: readonly Option[] = [
  { name: 'locked', help: 'refuse every byte that forge.lock does not pin' },
  { name: 'update', help: 'resolve every source again and write a new forge.lock' },
];

/** Version that charts are rendered and objects are checked for unless `--kube-version` says otherwise: that of the lab's control plane. */
export const defaultKubeVersion = 'v1.36.3';

export const kubeVersionOption: Option = {
  name: 'kube-version',
  value: 'VERSION',
  help: `Kubernetes version of the target; default ${defaultKubeVersion}`,
};

/** Platform of a request: `-f`, `--stack`, platform.yaml in this folder, or `fallbackStack` where a command has one. Throws E_CLI_USAGE. */
export function lineRequest(input: Input, session: Session, fallbackStack?: string): LineRequest {
  const { workplace } = session;
  const environment = input.text('env');
  return {
    platform: {
      ...choosePlatform(input, session, fallbackStack),
      ...(environment === undefined ? {} : { environment }),
      set: input.list('set'),
      catalogs: [join(workplace.home, 'catalog'), join(workplace.home, 'stacks')],
    },
    mine: { locked: input.has('locked'), update: input.has('update') },
    kubeVersion: kubeVersionOf(input),
  };
}

function kubeVersionOf(input: Input): string {
  const version = input.text('kube-version') ?? defaultKubeVersion;
  if (/^v?1\.\d+(?:\.\d+)?$/.test(version)) return version;
  throw cliErrors.E_CLI_USAGE({
    what: `--kube-version cannot be "${version}"`,
    fix: `write it as ${defaultKubeVersion}`,
  });
}

type Choice = { readonly file: string } | { readonly stack: string; readonly directory: string };

function choosePlatform(input: Input, { workplace }: Session, fallbackStack: string | undefined): Choice {
  const file = input.text('file');
  const stack = input.text('stack');
  if (file !== undefined && stack !== undefined) {
    throw cliErrors.E_CLI_USAGE({
      what: '--file and --stack were both given',
      why: 'a platform is one or the other',
      fix: 'leave one out',
    });
  }
  if (file !== undefined) return { file: resolve(workplace.cwd, file) };
  const here = join(workplace.cwd, 'platform.yaml');
  if (stack === undefined && existsSync(here)) return { file: here };
  const name = stack ?? fallbackStack;
  if (name !== undefined) return { stack: name, directory: join(workplace.cwd, '.forge', 'stacks', name) };
  throw cliErrors.E_CLI_USAGE({
    what: 'there is no platform.yaml in this folder',
    fix: 'name one with --file, take a ready stack with --stack airm-local, or write one (see README.md)',
  });
}
