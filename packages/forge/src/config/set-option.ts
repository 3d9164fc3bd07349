import { parsePath, suggest, type Json, type Path } from '@cluster-forge/base';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { configErrors } from './errors.ts';
import type { LayerPart } from './layers.ts';
import type { Loading } from './request.ts';

const roots: readonly string[] = ['params', 'components', 'collections'];

/** The layer of `--set path=value` options. A path that starts with the name of a param may leave out `params.`; values are YAML. */
export function setLayer(
  options: readonly string[],
  params: ReadonlySet<string>,
  loading: Loading,
): readonly LayerPart[] {
  return options.flatMap((option) => {
    const part = readOption(option, params);
    if (typeof part !== 'string') return [part];
    loading.problems.push(badOption(option, part, params));
    return [];
  });
}

/** The part, or why there is none. */
function readOption(option: string, params: ReadonlySet<string>): LayerPart | string {
  const [, left = '', right] = /^([^=]*)=([\s\S]*)$/.exec(option) ?? [];
  if (right === undefined) return 'it has no =';
  const written = parsePath(left.trim());
  const [root] = written ?? [];
  if (written === undefined || root === undefined) return `"${left}" is not a path`;
  const at: Path =
    typeof root === 'string' && !roots.includes(root) && params.has(root) ? ['params', ...written] : written;
  if (!roots.includes(String(at[0]))) return `"${String(at[0])}" is neither a param nor one of ${roots.join(', ')}`;
  if (at.length < 2) return 'a path needs a name, such as params.size';
  const { documents, diagnostics } = parseYaml(right, '--set');
  const [problem] = diagnostics.filter(({ severity }) => severity === 'error');
  if (problem !== undefined) return `its value is ${problem.what}`;
  const value: Json = right.trim() === '' ? '' : (documents[0]?.value ?? null);
  return { layer: '--set', at, value, where: () => ({ path: `--set ${option}` }) };
}

function badOption(option: string, why: string, params: ReadonlySet<string>) {
  const root = option.split(/[.=[]/, 1)[0] ?? '';
  const hint = /neither a param/.test(why) ? suggest(root, [...roots, ...params]) : undefined;
  return configErrors.E_CONFIG_SET.diagnostic({
    what: `--set ${option} cannot be used`,
    why,
    fix: hint ?? 'write --set params.size=small or --set components.minio.values.replicas=3',
    where: { path: `--set ${option}` },
  });
}
