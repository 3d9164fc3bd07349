import { readFile } from 'node:fs/promises';
import { isObject, type JsonObject, type Path, type Where } from '@cluster-forge/base';
import { parseYaml, type YamlDocument } from '@cluster-forge/base/yaml/yaml';
import type { z } from 'zod';
import { checkSchema, type Locate } from './check-schema.ts';
import { configErrors } from './errors.ts';
import type { Loading } from './request.ts';

/** A file that was read and found good. */
export interface ConfigFile<T> {
  /** Absolute path. */
  readonly file: string;
  readonly value: T;
  readonly where: Locate;
}

/** Reads one document and checks it. Undefined when it is missing or wrong; the problems are then in the list. */
export async function readConfig<T>(
  file: string,
  schema: z.ZodType<T>,
  loading: Loading,
  wantedBy?: Where,
): Promise<ConfigFile<T> | undefined> {
  const documents = await readDocuments(file, loading, wantedBy);
  const [document] = documents ?? [];
  if (documents === undefined || document === undefined) {
    if (documents !== undefined) loading.problems.push(emptyFile(file));
    return undefined;
  }
  const { value, problems } = checkSchema(document.value, schema, document.where);
  loading.problems.push(...problems);
  return value === undefined ? undefined : { file, value, where: document.where };
}

/** Reads a file of values: one map, or nothing. */
export async function readValues(
  file: string,
  loading: Loading,
  wantedBy?: Where,
): Promise<ConfigFile<JsonObject> | undefined> {
  const documents = await readDocuments(file, loading, wantedBy);
  const [document] = documents ?? [];
  if (document === undefined) return undefined;
  const { value, where } = document;
  if (value === null) return { file, value: {}, where };
  if (isObject(value)) return { file, value, where };
  loading.problems.push(
    configErrors.E_CONFIG_SCHEMA.diagnostic({
      what: 'a file of values must hold a map',
      fix: 'write key: value lines',
      where: where([]),
    }),
  );
  return undefined;
}

/** All documents of a YAML file; undefined when it cannot be used. */
export async function readDocuments(
  file: string,
  loading: Loading,
  wantedBy?: Where,
): Promise<readonly YamlDocument[] | undefined> {
  const text = await readText(file, loading, wantedBy);
  if (text === undefined) return undefined;
  const { documents, diagnostics } = parseYaml(text, file);
  loading.problems.push(...diagnostics);
  return diagnostics.some(({ severity }) => severity === 'error') ? undefined : documents;
}

async function readText(file: string, loading: Loading, wantedBy?: Where): Promise<string | undefined> {
  try {
    return await readFile(file, { encoding: 'utf8', signal: loading.signal });
  } catch (error) {
    loading.signal.throwIfAborted();
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    loading.problems.push(
      configErrors.E_CONFIG_FILE.diagnostic({
        what: `${file} ${isMissing ? 'does not exist' : 'cannot be read'}`,
        ...(isMissing ? {} : { why: error instanceof Error ? error.message : String(error) }),
        fix: isMissing ? 'correct the path, or create the file' : 'check its permissions',
        where: wantedBy ?? { file },
      }),
    );
    return undefined;
  }
}

function emptyFile(file: string) {
  return configErrors.E_CONFIG_SCHEMA.diagnostic({
    what: 'the file is empty',
    fix: 'it needs apiVersion, kind, metadata and spec',
    where: { file, line: 1, column: 1 },
  });
}

/** The same places seen from a part of the document. */
export function below(where: Locate, base: Path): Locate {
  return (path, part) => where([...base, ...path], part);
}
