import { dirname, join, resolve } from 'node:path';
import { suggest, type Where } from '@cluster-forge/base';
import type { CatalogFolder } from './catalog.ts';
import type { Locate } from './check-schema.ts';
import { configErrors } from './errors.ts';
import { below, readConfig, type ConfigFile } from './read-file.ts';
import type { Loading, PlatformRequest } from './request.ts';
import { platformFile, type PlatformFile } from './schema/platform.ts';
import type { Extends } from './stacks.ts';

/** What platforms and their environments both say. */
export type Overlay = Pick<PlatformFile['spec'], 'params' | 'collections' | 'components'>;

/** An overlay with the layer it makes. */
export interface OverlayLayer {
  readonly layer: string;
  readonly value: Overlay;
  readonly where: Locate;
}

/** The start of a load: a platform file, or a stack taken as a platform. */
export interface Root {
  readonly name: string;
  readonly directory: string;
  readonly extends: Extends;
  readonly catalogs: readonly CatalogFolder[];
  readonly environment?: OverlayLayer & { readonly name: string };
  readonly platform?: OverlayLayer;
}

/** Finds and reads what the request names. Undefined when nothing can be loaded; the reason is then in the list. */
export async function readRoot(request: PlatformRequest, loading: Loading): Promise<Root | undefined> {
  if (request.file !== undefined && request.stack !== undefined) {
    loading.problems.push(
      configErrors.E_CONFIG_REQUEST.diagnostic({
        what: 'both a platform file and a stack are named',
        fix: 'name one; a platform file extends stacks itself',
      }),
    );
    return undefined;
  }
  if (request.stack !== undefined) return rootOfStack(request.stack, request, loading);
  const file = resolve(request.directory ?? '.', request.file ?? 'platform.yaml');
  const platform = await readConfig(file, platformFile, loading);
  return platform === undefined ? undefined : rootOfFile(platform, request, loading);
}

function rootOfStack(stack: string, request: PlatformRequest, loading: Loading): Root {
  const directory = resolve(request.directory ?? '.');
  const where = (): Where => ({ path: `--stack ${stack}` });
  if (request.environment !== undefined)
    loading.problems.push(
      unknownEnvironment(request.environment, [], { path: `--environment ${request.environment}` }),
    );
  return {
    name:
      stack
        .split('/')
        .at(-1)
        ?.replace(/\.ya?ml$/, '') ?? stack,
    directory,
    extends: { references: [stack], file: join(directory, 'platform.yaml'), where },
    catalogs: [{ directory: join(directory, 'catalog') }, ...builtIn(request)],
  };
}

function rootOfFile(
  { file, value, where }: ConfigFile<PlatformFile>,
  request: PlatformRequest,
  loading: Loading,
): Root {
  const { spec } = value;
  const directory = dirname(file);
  const named = (spec.catalogs ?? []).map((path, index) => ({
    directory: resolve(directory, path),
    wantedBy: where(['spec', 'catalogs', index]),
  }));
  const environment = environmentLayer({ file, value, where }, request, loading);
  return {
    name: value.metadata.name,
    directory,
    extends: { references: spec.extends ?? [], file, where: (index) => where(['spec', 'extends', index]) },
    catalogs: [{ directory: join(directory, 'catalog') }, ...named, ...builtIn(request)],
    ...(environment === undefined ? {} : { environment }),
    platform: { layer: 'platform.yaml', value: spec, where: below(where, ['spec']) },
  };
}

function environmentLayer(
  { value, where }: ConfigFile<PlatformFile>,
  request: PlatformRequest,
  loading: Loading,
): Root['environment'] {
  const name = request.environment;
  if (name === undefined) return undefined;
  const environments = value.spec.environments ?? {};
  const overlay = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (overlay === undefined) {
    loading.problems.push(unknownEnvironment(name, Object.keys(environments), where(['spec', 'environments'])));
    return undefined;
  }
  return { name, layer: `environment ${name}`, value: overlay, where: below(where, ['spec', 'environments', name]) };
}

function builtIn(request: PlatformRequest): readonly CatalogFolder[] {
  return request.catalogs.map((directory) => ({ directory, wantedBy: { path: directory } }));
}

function unknownEnvironment(name: string, known: readonly string[], where: Where) {
  return configErrors.E_CONFIG_ENVIRONMENT.diagnostic({
    what: `the platform has no environment "${name}"`,
    fix: suggest(name, known) ?? 'add it under spec.environments in platform.yaml',
    where,
  });
}
