import {
  isObject,
  nearest,
  printPath,
  suggest,
  type Diagnostic,
  type Json,
  type Path,
  type Where,
} from '@cluster-forge/base';
import { z } from 'zod';
import { configErrors } from './errors.ts';

/** Place of a field, or of its key. */
export type Locate = (path: Path, part?: 'key' | 'value') => Where;

type Issue = z.core.$ZodIssue;

/**
 * Checks a value against its schema: every problem with its place, and a suggestion for each key that is not known. When unknown keys are all that is
 * wrong, the value without them comes too, so that a load can go on and find more.
 */
export function checkSchema<T>(
  value: Json,
  schema: z.ZodType<T>,
  where: Locate,
): { readonly value?: T; readonly problems: readonly Diagnostic[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => explain(issue, [], { schema, value, where }));
  const again = schema.safeParse(withoutUnknown(value, result.error.issues, []));
  return again.success ? { value: again.data, problems } : { problems };
}

/** A copy without the keys that the issues call unknown. */
function withoutUnknown(value: Json, issues: readonly Issue[], path: Path): Json {
  if (!isObject(value))
    return typeof value === 'object' && value !== null
      ? value.map((item, index) => withoutUnknown(item, issues, [...path, index]))
      : value;
  const here = printPath(path);
  const unknown = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && printPath(pathOf(issue)) === here ? issue.keys : [],
    ),
  );
  const known = Object.entries(value).filter(([key]) => !unknown.has(key));
  return Object.fromEntries(known.map(([key, item]) => [key, withoutUnknown(item, issues, [...path, key])]));
}

/** JSON has no symbol keys, which the type allows. */
function pathOf(issue: Issue): Path {
  return issue.path as Path;
}

interface Checked {
  readonly schema: z.ZodType;
  readonly value: Json;
  readonly where: Locate;
}

function explain(issue: Issue, base: Path, checked: Checked): readonly Diagnostic[] {
  const path = [...base, ...pathOf(issue)];
  if (issue.code === 'invalid_union') return explainUnion(issue.errors, path, { issue, checked });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, checked));
  if (issue.code === 'invalid_key') return [badKey(issue, path, checked)];
  return [badValue(issue, path, checked)];
}

/** Of the alternatives the one that got furthest: what its author most likely meant. */
function explainUnion(
  alternatives: readonly Issue[][],
  path: Path,
  { issue, checked }: { issue: Issue; checked: Checked },
): readonly Diagnostic[] {
  const reached = (issues: readonly Issue[]) =>
    Math.min(...issues.map((one) => (one.code === 'invalid_type' && one.path.length === 0 ? 0 : one.path.length + 1)));
  const [best] = [...alternatives].filter((issues) => issues.length > 0).sort((a, b) => reached(b) - reached(a));
  if (best === undefined || reached(best) === 0) return [badValue(issue, path, checked)];
  return best.flatMap((one) => explain(one, path, checked));
}

function unknownKey(key: string, path: Path, { schema, where }: Checked): Diagnostic {
  const known = keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), path);
  return configErrors.E_CONFIG_KEY.diagnostic({
    what: `unknown key "${key}"${path.length === 0 ? '' : ` in ${printPath(path)}`}`,
    fix: suggest(key, known) ?? 'remove it',
    where: { ...where([...path, key], 'key'), path: printPath([...path, key]) },
  });
}

function badKey(issue: Extract<Issue, { code: 'invalid_key' }>, path: Path, { where }: Checked): Diagnostic {
  const reason = issue.issues[0]?.message ?? 'is not allowed';
  return configErrors.E_CONFIG_KEY.diagnostic({
    what: `key "${String(path.at(-1))}" ${reason}`,
    fix: 'rename it',
    where: { ...where(path, 'key'), path: printPath(path) },
  });
}

function badValue(issue: Issue, path: Path, { value, where }: Checked): Diagnostic {
  const found = valueAt(value, path);
  const field = path.length === 0 ? 'the file' : printPath(path);
  const place = { ...where(path), path: printPath(path) };
  if (found === undefined && issue.code !== 'custom') {
    return configErrors.E_CONFIG_SCHEMA.diagnostic({
      what: `${field} is missing`,
      why: `it ${wanted(issue)}`,
      fix: `add ${field}`,
      where: place,
    });
  }
  return configErrors.E_CONFIG_SCHEMA.diagnostic({
    what: `${field} ${wanted(issue)}, but is ${shown(found)}`,
    fix: fixFor(issue, found),
    where: place,
  });
}

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return `must be ${withArticle(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_union') return 'has a form that is not allowed';
  return issue.message;
}

function fixFor(issue: Issue, found: Json | undefined): string {
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof found === 'number')
    return `put it in quotes: "${found}"`;
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    const options = issue.values.map(String);
    const close = nearest(found, options);
    return close === undefined ? `write ${options.join(' or ')}` : `did you mean "${close}"?`;
  }
  return 'correct the value; forge explain and schemas/*.json tell what is allowed';
}

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    record: 'a map',
    object: 'a map',
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
  };
  return names[type] ?? `a ${type}`;
}

function shown(value: Json | undefined): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  return JSON.stringify(value) ?? 'missing';
}

function valueAt(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, step) => {
    if (typeof at !== 'object' || at === null) return undefined;
    // Lists and maps are both indexed by the step; a step of the wrong sort finds nothing.
    return (at as Readonly<Record<string | number, Json | undefined>>)[step];
  }, value);
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** The keys that a JSON schema knows at a path, all alternatives together. */
function keysAt(root: z.core.JSONSchema.BaseSchema, path: Path): readonly string[] {
  const schema = root as SchemaNode; // the parts read here have the same form in every draft
  const expand = (node: SchemaNode): readonly SchemaNode[] => {
    const referred = node.$ref === undefined ? [] : [schema.$defs?.[node.$ref.split('/').at(-1) ?? ''] ?? {}];
    return [
      node,
      ...[...referred, ...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])].flatMap(expand),
    ];
  };
  const below = (node: SchemaNode, step: string | number): readonly SchemaNode[] => {
    if (typeof step === 'number') return [node.items ?? []].flat();
    const named = node.properties?.[step];
    if (named !== undefined) return [named];
    return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
  };
  const nodes = path.reduce<readonly SchemaNode[]>(
    (at, step) => at.flatMap((node) => below(node, step)).flatMap(expand),
    expand(schema),
  );
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}
