import { expect, test } from 'vitest';
import { loadFiles, type Files } from './fixture.ts';
import type { PlatformRequest } from './request.ts';

/** Files that must be refused, and the problem that must be told. */
export interface BadInput {
  readonly files: Files;
  readonly request?: Partial<PlatformRequest>;
  readonly code: string;
  /** `file:line:column`; undefined for what has no place in a file. */
  readonly at?: string | undefined;
  readonly what: RegExp;
  readonly fix: RegExp;
}

/** One test for each entry of a table: the load fails with the problem, its place and what to do. */
export function testBadInput(table: Readonly<Record<string, BadInput>>): void {
  test.each(Object.entries(table))('%s', async (_, { files, request, code, at, what, fix }) => {
    const { result, problems } = await loadFiles(files, request);
    expect(result.ok).toBe(false);
    const problem = problems.find((one) => one.code === code && what.test(one.what));
    expect(problem ?? problems).toMatchObject({
      code,
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix),
    });
    const { file, line, column } = problem?.where ?? {};
    expect(file === undefined ? undefined : [file, line, column].filter((part) => part !== undefined).join(':')).toBe(
      at,
    );
  });
}
