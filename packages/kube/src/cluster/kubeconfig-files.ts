import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ForgeError, isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { readGoYaml } from '../manifest/go-yaml.ts';
import { fieldAt } from '../object.ts';

export interface KubeconfigChoice {
  /** Path of the one file to read. Default: `KUBECONFIG` (several paths are merged), then `~/.kube/config`, then the service account of a pod. */
  readonly kubeconfig?: string;
  /** Default: `current-context`. */
  readonly context?: string;
  /** Environment variables: `KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A cluster, user or context, and the file it stands in. */
export interface Entry {
  readonly value: JsonObject;
  readonly file: string;
}

/** Several kubeconfig files as one. */
export interface Config {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
}

/** Where to look, in order. */
export function pathsOf({ kubeconfig, env }: KubeconfigChoice): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const fromEnv = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return fromEnv.length > 0 ? fromEnv : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

/** A file's text; undefined when there is no such file. Throws E_KUBECONFIG_INVALID. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw errors.E_KUBECONFIG_INVALID({
      what: 'the kubeconfig cannot be read',
      why: String(error),
      fix: 'check the file and its permissions',
      where: { file: path },
    });
  }
}

/** The first file that names something wins, as in kubectl. */
export function mergeFiles(files: readonly { readonly file: string; readonly text: string }[]): Config {
  const parsed = files.map(({ file, text }) => ({ file, value: parse(file, text) }));
  const entries = (list: string, inner: string) =>
    new Map(parsed.toReversed().flatMap(({ file, value }) => namedEntries(fieldAt(value, list), inner, file)));
  const currentContext = parsed
    .map(({ value }) => value['current-context'])
    .find((name) => typeof name === 'string' && name !== '');
  return {
    files: files.map(({ file }) => file),
    currentContext: typeof currentContext === 'string' ? currentContext : undefined,
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
    contexts: entries('contexts', 'context'),
  };
}

function parse(file: string, text: string): JsonObject {
  const value = readYaml(file, text);
  if (isObject(value)) return value;
  throw errors.E_KUBECONFIG_INVALID({
    what: 'the kubeconfig is not a map',
    fix: 'write it with: kubectl config',
    where: { file },
  });
}

/** The reader's own message may quote a credential, so only the place is told. */
function readYaml(file: string, text: string): Json {
  try {
    return readGoYaml(text, { file });
  } catch (error) {
    const where = error instanceof ForgeError ? error.problem.where : undefined;
    throw errors.E_KUBECONFIG_INVALID({
      what: 'the kubeconfig is not valid YAML',
      fix: 'correct the line, or write the file anew with: kubectl config',
      where: { file, ...where },
    });
  }
}

function namedEntries(list: Json | undefined, inner: string, file: string): [string, Entry][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Json): [string, Entry][] => {
    const name = fieldAt(item, 'name');
    const value = fieldAt(item, inner);
    return typeof name === 'string' ? [[name, { value: isObject(value) ? value : {}, file }]] : [];
  });
}
