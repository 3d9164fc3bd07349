import type { KubeObject } from '@cluster-forge/kube/object';
import { renderPlatform, type RenderedPlatform } from './render.ts';

export const sizes = ['small', 'medium', 'large'] as const;
export type Size = (typeof sizes)[number];

/** A platform that extends airm-local; `rest` continues its spec in flow style, such as `, params: {size: large}`. */
export async function renderAirmLocal(rest = ''): Promise<RenderedPlatform> {
  return renderPlatform(
    `apiVersion: clusterforge.dev/v1alpha1\nkind: Platform\nmetadata: {name: test}\nspec: {extends: [airm-local]${rest}}\n`,
  );
}

export async function renderSizes(): Promise<Readonly<Record<Size, RenderedPlatform>>> {
  const [small, medium, large] = await Promise.all(sizes.map((size) => renderAirmLocal(`, params: {size: ${size}}`)));
  if (small === undefined || medium === undefined || large === undefined) throw new RangeError('a size is missing');
  return { small, medium, large };
}

export function find(rendered: RenderedPlatform, kind: string, name: string): KubeObject {
  const object = rendered.objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (object === undefined) throw new RangeError(`there is no ${kind} ${name}`);
  return object;
}
