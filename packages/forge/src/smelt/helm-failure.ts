import type { Diagnostic } from '@cluster-forge/base';
import type { HelmSource } from '../config/platform.ts';
import { smeltErrors } from './errors.ts';
import type { RenderInput } from './renderer.ts';

/** Finds in helm's message what went wrong, where in the chart, and what helps. `stderr` is what helm 4 printed before it ended with an error. */
export function explainHelmFailure(
  stderr: string,
  { component, source, kubeVersion }: RenderInput<HelmSource>,
): Diagnostic {
  const message = messageOf(stderr);
  const place = templatePlace(message);
  const known = causes.find(({ pattern }) => pattern.test(message));
  const factory = known?.factory ?? smeltErrors.E_SMELT_HELM;
  const chart = `chart ${source.chart}${source.version === '' ? '' : ` ${source.version}`}`;
  return factory.diagnostic({
    what: `helm cannot render component ${component.name} (${chart})${place === undefined ? '' : ` at ${place}`}`,
    why: message,
    where: source.where,
    fix: (known?.fix ?? defaultFix)(kubeVersion),
  });
}

interface Cause {
  readonly pattern: RegExp;
  readonly factory: typeof smeltErrors.E_SMELT_HELM;
  readonly fix: (kubeVersion: string) => string;
}

const defaultFix = () => 'correct the values of the component, or choose another version of the chart';

const causes: readonly Cause[] = [
  {
    pattern: /requires kubeVersion/,
    factory: smeltErrors.E_SMELT_KUBE_VERSION,
    fix: (kubeVersion) => `choose a version of the chart that supports Kubernetes ${kubeVersion}`,
  },
  {
    pattern: /don't meet the specifications of the schema|values don't match|schema validation/i,
    factory: smeltErrors.E_SMELT_VALUES,
    fix: () => 'correct the values that the message names; the schema is values.schema.json of the chart',
  },
  {
    pattern: /missing in charts\/|found in Chart\.yaml, but missing/,
    factory: smeltErrors.E_SMELT_DEPENDENCIES,
    fix: () => 'run `helm dependency build` in the directory of the chart',
  },
  {
    pattern: /execution error at .*\(|nil pointer evaluating|required value|is required/,
    factory: smeltErrors.E_SMELT_VALUES,
    fix: () => 'set the value that the message names under `values` of the component',
  },
];

/** The `Error:` part; warnings before it and helm's hint about --debug are left out. */
function messageOf(stderr: string): string {
  const start = stderr.search(/^Error: /m);
  const text = start === -1 ? stderr : stderr.slice(start + 'Error: '.length);
  const message = text.replace(/\n*Use --debug flag to render out invalid YAML\s*$/, '').trim();
  return message === '' ? 'helm printed no message' : message;
}

/** Innermost `chart/templates/file.yaml:12:3` of the message. */
function templatePlace(message: string): string | undefined {
  const places = [...message.matchAll(/[\w.-]+(?:\/[\w.-]+)*\/templates\/[\w./-]+:\d+(?::\d+)?/g)].map(
    ([place]) => place,
  );
  return places.at(-1);
}
