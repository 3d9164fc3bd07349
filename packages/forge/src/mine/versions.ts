import { maxSatisfying, parse, rcompare, valid, validRange, type SemVer } from 'semver';

/** True when the text names one version and no range. */
export function isExactVersion(request: string): boolean {
  return valid(request) !== null;
}

/**
 * Chooses among published versions as Helm does: the exact text, else the same version with or without `v`, else the highest that the range allows;
 * pre-releases only where the range names one. '' and `*` mean the highest release. undefined: none fits.
 */
export function pickVersion(request: string, published: readonly string[]): string | undefined {
  if (published.includes(request)) return request;
  const known = published.filter((version) => valid(version) !== null);
  const exact = valid(request);
  if (exact !== null) return known.find((version) => sameVersion(version, request));
  // Helm separates conditions by commas, npm's semver by spaces.
  const range = validRange(request.replaceAll(',', ' '));
  if (range === null) return undefined;
  return maxSatisfying(known, range) ?? undefined;
}

function sameVersion(one: string, other: string): boolean {
  // Build metadata has no rank but tells two charts apart.
  const full = (version: string) => `${valid(version)}+${parse(version)?.build.join('.') ?? ''}`;
  return full(one) === full(other);
}

/** The published versions closest to a version that does not exist, newest first; the newest ones when the request is a range. */
export function nearestVersions(request: string, published: readonly string[], count = 5): readonly string[] {
  const known = published.filter((version) => valid(version) !== null).sort(rcompare);
  const wanted = parse(request);
  if (wanted === null) return known.slice(0, count);
  const ranked = known
    .map((version, index) => ({ version, index, distance: distance(wanted, parse(version)) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index);
  return ranked
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ version }) => version);
}

function distance(wanted: SemVer, other: SemVer | null): number {
  if (other === null) return Number.POSITIVE_INFINITY;
  const gap = (field: 'major' | 'minor' | 'patch') => Math.min(Math.abs(wanted[field] - other[field]), 999);
  const release = other.prerelease.length > 0 ? 0.5 : 0;
  return gap('major') * 1e6 + gap('minor') * 1e3 + gap('patch') + release;
}
