import { suggest, type Where } from '@cluster-forge/base';
import type { Catalog } from './catalog.ts';
import { configErrors } from './errors.ts';
import type { OverlayLayer } from './root.ts';
import type { LayerPart } from './layers.ts';
import type { Loading } from './request.ts';
import type { ComponentOverlay } from './schema/common.ts';
import type { Stack } from './stacks.ts';

/** A place where a file or option names something under `components`. */
export interface Mention {
  readonly name: string;
  /** The collection it belongs to; absent outside collections. */
  readonly collection?: string;
  /** Sizes only change components that others name. */
  readonly isSize: boolean;
  readonly isProvider: boolean;
  readonly where: Where;
}

/** Every mention in stacks, their collections and sizes, the environment, the platform and `--set`. */
export function mentionsOf(
  stacks: readonly Stack[],
  overlays: readonly OverlayLayer[],
  set: readonly LayerPart[],
): readonly Mention[] {
  return [
    ...stacks.flatMap(inStack),
    ...overlays.flatMap(({ value, where }) => named(value.components, (name) => where(['components', name], 'key'))),
    ...set.flatMap(({ at: [root, name, field], where }): readonly Mention[] =>
      root === 'components' && name !== undefined
        ? [{ name: String(name), isSize: false, isProvider: field === 'provider', where: where([]) }]
        : [],
    ),
  ];
}

function inStack({ value: { spec }, where }: Stack): readonly Mention[] {
  const at =
    (...path: readonly string[]) =>
    (name: string) =>
      where(['spec', ...path, name], 'key');
  return [
    ...named(spec.components, at('components')),
    ...Object.entries(spec.collections ?? {}).flatMap(([collection, { components }]) =>
      named(components, at('collections', collection, 'components')).map((mention) => ({ ...mention, collection })),
    ),
    ...Object.entries(spec.sizes ?? {}).flatMap(([size, { components }]) =>
      named(components, at('sizes', size, 'components')).map((mention) => ({ ...mention, isSize: true })),
    ),
  ];
}

function named(
  components: Readonly<Record<string, ComponentOverlay>> | undefined,
  where: (name: string) => Where,
): readonly Mention[] {
  return Object.entries(components ?? {}).map(([name, { provider }]) => ({
    name,
    isSize: false,
    isProvider: provider !== undefined,
    where: where(name),
  }));
}

/**
 * Whether a component runs when no layer says `enabled`: when something outside of collections names it in a stack, or its collection is on, or it
 * belongs to no collection at all. Values for a component of a collection that is off do not switch it on.
 */
export function isOnByDefault(
  name: string,
  stacks: readonly Stack[],
  isCollectionOn: (collection: string) => boolean,
): boolean {
  const mentions = stacks.flatMap(inStack).filter((mention) => mention.name === name && !mention.isSize);
  if (mentions.length === 0) return true;
  return mentions.some(({ collection }) => collection === undefined || isCollectionOn(collection));
}

/** Reports names that no catalog has; the choice of a provider for a capability is checked elsewhere. */
export function unknownComponents(
  mentions: readonly Mention[],
  catalog: Catalog,
  capabilities: ReadonlySet<string>,
  loading: Loading,
): void {
  for (const { name, isProvider, where } of mentions) {
    const isComponent = catalog.components.has(name);
    if (isComponent && isProvider) loading.problems.push(misplacedProvider(name, where));
    if (isComponent || isProvider) continue;
    loading.problems.push(
      configErrors.E_CONFIG_COMPONENT.diagnostic({
        what: `there is no component "${name}"`,
        fix: fixFor(name, catalog, capabilities),
        where: { ...where, path: where.path ?? `components.${name}` },
      }),
    );
  }
}

function fixFor(name: string, catalog: Catalog, capabilities: ReadonlySet<string>): string {
  if (catalog.stacks.has(name)) return `"${name}" is a stack: name it under extends`;
  if (capabilities.has(name)) return `"${name}" is a capability: choose who provides it with {provider: <component>}`;
  return (
    suggest(name, catalog.components.keys()) ?? 'add a folder catalog/<name> with a component.yaml beside platform.yaml'
  );
}

function misplacedProvider(name: string, where: Where) {
  return configErrors.E_CONFIG_PROVIDER.diagnostic({
    what: `provider is set on the component "${name}"`,
    why: 'a provider is chosen for a capability, under the name of the capability',
    fix: `write components: {<capability>: {provider: ${name}}}`,
    where,
  });
}
