import { isObject, suggest, type Json, type JsonObject, type Path, type Where } from '@cluster-forge/base';
import type { Locate } from './check-schema.ts';
import { defaultParts, sizePart, type ComponentFiles } from './component-files.ts';
import { configErrors } from './errors.ts';
import { emptyTree, layOver, locate, nodeAt, valueOf, type LayerPart, type Tree } from './layers.ts';
import { collectParams, paramDefaults, resolveParams, type Params, type ParamSource } from './params.ts';
import { below } from './read-file.ts';
import type { Loading } from './request.ts';
import type { OverlayLayer, Root } from './root.ts';
import type { Stack } from './stacks.ts';

/** Everything that was read, weakest first where there is an order. */
export interface Inputs {
  readonly root: Root;
  readonly stacks: readonly Stack[];
  readonly components: ReadonlyMap<string, ComponentFiles>;
  readonly set: readonly LayerPart[];
}

export interface Merged {
  /** `params`, `collections` and `components` as all layers together say. */
  readonly tree: Tree;
  readonly params: JsonObject;
  readonly declared: Params;
  readonly isCollectionOn: (name: string) => boolean;
}

/** The params that the files declare: what `--set` may abbreviate. */
export function declaredParams(inputs: Pick<Inputs, 'stacks' | 'components'>, loading: Loading): Params {
  return collectParams(paramSources(inputs), loading);
}

/**
 * Merges all layers, weakest first: component defaults, stacks in order, collections, size, platform.yaml, its environment, --set. Params come first,
 * because one of them names the size.
 */
export function mergePlatform(inputs: Inputs, declared: Params, loading: Loading): Merged {
  const { root, stacks, components } = inputs;
  const tree = emptyTree();
  const lay = (parts: readonly LayerPart[]) => parts.forEach((part) => layOver(tree, part, loading));
  const strong = strongLayers(inputs);
  lay([
    ...paramDefaults(paramSources(inputs)),
    ...stacks.flatMap(collectionDefaults),
    ...strong.filter(({ at }) => at[0] !== 'components'),
  ]);
  const params = resolveParams(tree, declared, { name: root.name, environment: root.environment?.name ?? '' }, loading);
  const isCollectionOn = collectionSwitch(tree, stacks, loading);
  const size = typeof params['size'] === 'string' ? params['size'] : undefined;
  if (size !== undefined) checkSize(size, inputs, { tree, declared, loading });
  lay([
    ...[...components.values()].flatMap(defaultParts),
    ...stacks.flatMap(stackParts),
    ...stacks.flatMap((stack) => collectionParts(stack, isCollectionOn)),
    ...(size === undefined ? [] : [...components.values()].flatMap((component) => sizePart(component, size))),
    ...(size === undefined ? [] : stacks.flatMap((stack) => stackSizeParts(stack, size))),
    ...strong.filter(({ at }) => at[0] === 'components'),
  ]);
  return { tree, params, declared, isCollectionOn };
}

function strongLayers({ root, set }: Inputs): readonly LayerPart[] {
  return [...overlayParts(root.platform), ...overlayParts(root.environment), ...set];
}

function paramSources({ stacks, components }: Pick<Inputs, 'stacks' | 'components'>): readonly ParamSource[] {
  const ofComponents = [...components.values()].flatMap(({ name, main }): readonly ParamSource[] =>
    main.value.spec.params === undefined
      ? []
      : [
          {
            layer: `component ${name}`,
            component: name,
            declarations: main.value.spec.params,
            where: below(main.where, ['spec', 'params']),
          },
        ],
  );
  const ofStacks = stacks.flatMap(({ value, where }): readonly ParamSource[] =>
    value.spec.params === undefined
      ? []
      : [
          {
            layer: stackLayer(value.metadata.name),
            declarations: value.spec.params,
            where: below(where, ['spec', 'params']),
          },
        ],
  );
  return [...ofComponents, ...ofStacks];
}

function overlayParts(overlay: OverlayLayer | undefined): readonly LayerPart[] {
  if (overlay === undefined) return [];
  const { layer, value, where } = overlay;
  const groups = ['params', 'collections', 'components'] as const;
  return groups.flatMap((group) =>
    childParts(layer, [group], { value: value[group] as JsonObject | undefined, where: below(where, [group]) }),
  ); // the schema read it from JSON
}

function stackParts({ value, where }: Stack): readonly LayerPart[] {
  return componentParts(stackLayer(value.metadata.name), value.spec.components, below(where, ['spec', 'components']));
}

function collectionParts({ value, where }: Stack, isOn: (name: string) => boolean): readonly LayerPart[] {
  return Object.entries(value.spec.collections ?? {})
    .filter(([name]) => isOn(name))
    .flatMap(([name, { components }]) =>
      componentParts(`collection ${name}`, components, below(where, ['spec', 'collections', name, 'components'])),
    );
}

function stackSizeParts({ value, where }: Stack, size: string): readonly LayerPart[] {
  const { sizes } = value.spec;
  const setting = sizes !== undefined && Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  return componentParts(`size ${size}`, setting?.components, below(where, ['spec', 'sizes', size, 'components']));
}

function componentParts(layer: string, components: object | undefined, where: Locate): readonly LayerPart[] {
  return childParts(layer, ['components'], { value: components as JsonObject | undefined, where }); // the schema read it from JSON
}

/** A part for each field, so that an overlay without a field says nothing about it. */
function childParts(
  layer: string,
  at: Path,
  { value, where }: { readonly value: JsonObject | undefined; readonly where: Locate },
): readonly LayerPart[] {
  return Object.entries(value ?? {}).map(([key, item]) => ({
    layer,
    at: [...at, key],
    value: item,
    where: below(where, [key]),
  }));
}

function collectionDefaults({ value, where }: Stack): readonly LayerPart[] {
  return Object.entries(value.spec.collections ?? {}).map(([name, collection]) => ({
    layer: stackLayer(value.metadata.name),
    at: ['collections', name],
    value: collection.default ?? false,
    where: () => where(['spec', 'collections', name, ...(collection.default === undefined ? [] : ['default'])]),
  }));
}

function stackLayer(name: string): string {
  return `stack ${name}`;
}

/** Which collections are on. A switch for a collection that no stack has is reported. */
function collectionSwitch(tree: Tree, stacks: readonly Stack[], loading: Loading): (name: string) => boolean {
  const known = new Set(stacks.flatMap(({ value }) => Object.keys(value.spec.collections ?? {})));
  const switches = valueOf(nodeAt(tree, ['collections']));
  for (const [name, state] of Object.entries(isObject(switches) ? switches : {})) {
    const where = { ...locate(tree, ['collections', name]), path: `collections.${name}` };
    if (!known.has(name)) loading.problems.push(unknownCollection(name, known, where));
    else if (typeof state !== 'boolean') loading.problems.push(notBoolean(name, state, where));
  }
  return (name) => isObject(switches) && switches[name] === true;
}

function unknownCollection(name: string, known: ReadonlySet<string>, where: Where) {
  return configErrors.E_CONFIG_COLLECTION.diagnostic({
    what: `no stack has a collection "${name}"`,
    fix: suggest(name, known) ?? 'remove it, or extend a stack that has it',
    where,
  });
}

function notBoolean(name: string, state: Json, where: Where) {
  return configErrors.E_CONFIG_SCHEMA.diagnostic({
    what: `collections.${name} must be true or false, but is ${JSON.stringify(state)}`,
    fix: 'write true or false',
    where,
  });
}

interface SizeContext {
  readonly tree: Tree;
  readonly declared: Params;
  readonly loading: Loading;
}

/** A declared enum has its own say; without one, a size that nothing defines is a mistake. */
function checkSize(size: string, { stacks, components }: Inputs, { tree, declared, loading }: SizeContext): void {
  const ofStacks = stacks.flatMap(({ value }) => Object.keys(value.spec.sizes ?? {}));
  const known = new Set([
    ...ofStacks,
    ...[...components.values()].flatMap(({ main }) => Object.keys(main.value.spec.sizes ?? {})),
  ]);
  if (known.size === 0 || known.has(size) || declared.get('size')?.declaration.enum !== undefined) return;
  const where = { ...locate(tree, ['params', 'size']), path: 'params.size' };
  loading.problems.push(
    configErrors.E_CONFIG_SIZE.diagnostic({
      what: `nothing defines the size "${size}"`,
      fix: suggest(size, known) ?? 'use another size',
      where,
    }),
  );
}
