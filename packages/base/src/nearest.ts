/**
 * The candidate a person most likely meant: least Damerau-Levenshtein distance, at most a third of the longer name's length (one for short names).
 * Ties go to the alphabetically first. Undefined when nothing is close.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance > limit) continue;
    if (best === undefined || distance < best.distance || (distance === best.distance && candidate < best.candidate)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** `did you mean "x"?`, or a list of what there is when nothing is close, or undefined when there is nothing. At most 12 names are listed. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates].sort();
  const close = nearest(name, all);
  if (close !== undefined) return `did you mean "${close}"?`;
  if (all.length === 0) return undefined;
  const shown = all.slice(0, 12).join(', ');
  return all.length > 12 ? `use one of ${shown}, and ${all.length - 12} more` : `use one of: ${shown}`;
}

/** Insertions, deletions, substitutions and swaps of neighbours, each counted once (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell({ a, b, i, j, row, previous, older }));
    older = previous;
    previous = row;
  }
  return previous[b.length] ?? a.length;
}

interface Cell {
  readonly a: string;
  readonly b: string;
  readonly i: number;
  readonly j: number;
  readonly row: readonly number[];
  readonly previous: readonly number[];
  readonly older: readonly number[];
}

function cell({ a, b, i, j, row, previous, older }: Cell): number {
  const at = (list: readonly number[], index: number) => list[index] ?? Number.POSITIVE_INFINITY;
  const same = a[i - 1] === b[j - 1];
  const least = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(least, at(older, j - 2) + 1) : least;
}
