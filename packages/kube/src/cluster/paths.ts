import type { ListQuery, ServedKind } from './cluster.ts';

/** URL of a kind's collection: `/apis/apps/v1/namespaces/a/deployments`. */
export function collectionPath({ group, version, resource, namespaced }: ServedKind, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== undefined
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`
    : `${root}/${resource}`;
}

/** URL of one object. `namespace` is for namespaced kinds only. */
export function objectPath(kind: ServedKind, name: string, namespace: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** Query text, `?` included; undefined values are left out. */
export function queryText(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const entries = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`;
}

export function selectorsOf({ labelSelector, fieldSelector }: ListQuery) {
  return { labelSelector, fieldSelector };
}
