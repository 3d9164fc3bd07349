import { parsePath, suggest, type Json, type Path } from '@cluster-forge/base';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { z } from 'zod';
import { checkSchema } from './check-schema.ts';
import { configErrors } from './errors.ts';
import type { LayerPart } from './layers.ts';
import type { Loading } from './request.ts';
import { collectionSwitches, components } from './schema/common.ts';
import { paramValues } from './schema/params.ts';

const roots: readonly string[] = ['params', 'components', 'collections'];

/** What an option may set; the same as in platform.yaml. */
const settable = z.strictObject({
  params: paramValues.optional(),
  collections: collectionSwitches.optional(),
  components: components.optional(),
});

/** Why an option cannot be used. */
interface Refusal {
  readonly why: string;
  readonly fix?: string;
}

/** The layer of `--set path=value` options. A path that starts with the name of a param may leave out `params.`; values are YAML. */
export function setLayer(
  options: readonly string[],
  params: ReadonlySet<string>,
  loading: Loading,
): readonly LayerPart[] {
  return options.flatMap((option) => {
    const part = readOption(option, params);
    if ('at' in part) return [part];
    loading.problems.push(badOption(option, part));
    return [];
  });
}

function readOption(option: string, params: ReadonlySet<string>): LayerPart | Refusal {
  const [, left = '', right] = /^([^=]*)=([\s\S]*)$/.exec(option) ?? [];
  if (right === undefined) return { why: 'it has no =' };
  const written = parsePath(left.trim());
  const [root] = written ?? [];
  if (written === undefined || root === undefined) return { why: `"${left}" is not a path` };
  const at: Path =
    typeof root === 'string' && !roots.includes(root) && params.has(root) ? ['params', ...written] : written;
  if (!roots.includes(String(at[0]))) return unknownRoot(String(at[0]), params);
  if (at.length < 2) return { why: 'a path needs a name, such as params.size' };
  if (at.some((step) => typeof step === 'number'))
    return {
      why: 'it points into a list',
      fix: "set the whole list: path='[a, b]', or extend it: path='{$append: [c]}'",
    };
  const value = readValue(right);
  return 'why' in value ? value : toPart(option, at, value.value);
}

function unknownRoot(root: string, params: ReadonlySet<string>): Refusal {
  const fix = suggest(root, [...roots, ...params]);
  return { why: `"${root}" is neither a param nor one of ${roots.join(', ')}`, ...(fix === undefined ? {} : { fix }) };
}

function readValue(text: string): { readonly value: Json } | Refusal {
  if (text.trim() === '') return { value: '' };
  const { documents, diagnostics } = parseYaml(text, '--set');
  const problem = diagnostics.find(({ severity }) => severity === 'error');
  return problem === undefined ? { value: documents[0]?.value ?? null } : { why: `its value is ${problem.what}` };
}

function toPart(option: string, at: Path, value: Json): LayerPart | Refusal {
  const where = () => ({ path: `--set ${option}` });
  const whole = at.toReversed().reduce<Json>((inner, step) => ({ [step]: inner }), value);
  // Removing a field is allowed whatever its type.
  const [problem] = value === null ? [] : checkSchema(whole, settable, where).problems;
  if (problem !== undefined) return { why: problem.what, ...(problem.fix === undefined ? {} : { fix: problem.fix }) };
  return { layer: '--set', at, value, where };
}

function badOption(option: string, { why, fix }: Refusal) {
  return configErrors.E_CONFIG_SET.diagnostic({
    what: `--set ${option} cannot be used: ${why}`,
    fix: fix ?? 'write --set params.size=small or --set components.minio.values.replicas=3',
    where: { path: `--set ${option}` },
  });
}
