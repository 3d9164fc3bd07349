import { gitErrors } from './errors.ts';

/** Full number of a commit, 40 or 64 lower-case hexadecimal digits. Made only by `parseCommit`. */
export type Commit = string & { readonly __brand: 'Commit' };

/** Reads a commit number; undefined when the text is not one. */
export function parseCommit(text: string): Commit | undefined {
  return isCommit(text) ? text : undefined;
}

function isCommit(text: string): text is Commit {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Refuses names that git could take for an option or a range; see git-check-ref-format(1). */
export function checkRef(ref: string): void {
  const isName = /^[A-Za-z0-9_][A-Za-z0-9_./@+-]*$/.test(ref) && !/\.\.|@\{|\/\/|\.lock(?:\/|$)|[./]$/.test(ref);
  if (isName) return;
  throw gitErrors.E_GIT_REF({
    what: `${JSON.stringify(ref)} is not the name of a branch or tag`,
    why: 'names consist of letters, digits and _ . / @ + -, and begin with a letter, digit or _',
    fix: 'write a branch, a tag, or a commit with all its 40 digits',
  });
}
