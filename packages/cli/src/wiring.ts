import { systemClock, type Host } from '@cluster-forge/base';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import type { Mirror } from '@cluster-forge/base/fetch/mirror';
import { defaultStoreDirectory, openStore } from '@cluster-forge/base/store/open-store';
import type { ForgeContext } from '@cluster-forge/forge/context';
import { createToolchain, type Toolchain } from '@cluster-forge/toolchain';
import { cliErrors } from './errors.ts';
import type { Workplace } from './workplace.ts';

/** The context of one command, and its toolchain. The only place where adapters are made. */
export async function createContext(
  workplace: Workplace,
  host: Host,
  signal: AbortSignal,
): Promise<ForgeContext & { readonly tools: Toolchain }> {
  const { env } = workplace;
  const store = await openStore(defaultStoreDirectory(env));
  return {
    signal,
    host,
    clock: systemClock,
    store,
    fetch: createFetcher({
      mirrors: readMirrors(env['FORGE_MIRRORS']),
      allowPrivate: readList(env['FORGE_ALLOW_PRIVATE']),
    }),
    tools: createToolchain({ store, env }),
  };
}

/** FORGE_MIRRORS: `from=to` pairs separated by blanks; `to` is a URL or a directory. Throws E_CLI_USAGE. */
function readMirrors(text: string | undefined): readonly Mirror[] {
  return readList(text).map((pair) => {
    const at = pair.lastIndexOf('=');
    if (at < 1)
      throw cliErrors.E_CLI_USAGE({
        what: `FORGE_MIRRORS has "${pair}"`,
        fix: 'write pairs as https://charts.example.com=https://mirror.example/charts, separated by blanks',
      });
    return { from: pair.slice(0, at), to: pair.slice(at + 1) };
  });
}

function readList(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
