import { fileURLToPath } from 'node:url';
import { isAbsolute } from 'node:path';

/** Everything below `from` (an http(s) URL) is taken from `to` instead: an http(s) or file URL, or an absolute directory. */
export interface Mirror {
  readonly from: string;
  readonly to: string;
}

/** Where a request really goes. */
export type Target =
  | { readonly kind: 'http'; readonly url: URL; readonly mirrored: boolean }
  | { readonly kind: 'file'; readonly directory: string; readonly name: string };

/** Applies the mirror with the longest matching `from`. Prefixes match whole path segments, so `.../charts` says nothing about `.../charts-old`. */
export function targetOf(url: URL, mirrors: readonly Mirror[]): Target {
  const matching = mirrors.flatMap((mirror) => {
    const rest = restBelow(mirror.from, url);
    return rest === undefined ? [] : [{ ...mirror, rest }];
  });
  const [best] = matching.toSorted((a, b) => b.from.length - a.from.length);
  if (best === undefined) return { kind: 'http', url, mirrored: false };
  const directory = directoryOf(best.to);
  if (directory !== undefined) return { kind: 'file', directory, name: decodeURIComponent(best.rest) };
  const base = best.to.endsWith('/') ? best.to : `${best.to}/`;
  return { kind: 'http', url: new URL(`${base}${best.rest}${url.search}`), mirrored: true };
}

function restBelow(from: string, url: URL): string | undefined {
  if (!URL.canParse(from)) return undefined;
  const prefix = new URL(from);
  const path = prefix.pathname.endsWith('/') ? prefix.pathname : `${prefix.pathname}/`;
  if (prefix.origin !== url.origin || !`${url.pathname}/`.startsWith(path)) return undefined;
  return url.pathname.slice(path.length);
}

function directoryOf(to: string): string | undefined {
  if (isAbsolute(to)) return to;
  return to.startsWith('file:') ? fileURLToPath(to) : undefined;
}
