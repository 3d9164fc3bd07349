import { join } from 'node:path';
import { ForgeError, diagnosticsOf, type Diagnostic } from '@cluster-forge/base';
import { run } from '@cluster-forge/base/exec/exec';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { HelmSource } from '../../config/platform.ts';
import { throwAll } from '../findings.ts';
import { explainHelmFailure } from '../helm-failure.ts';
import type { RawObject, RenderInput, Renderer } from '../renderer.ts';

/** Charts are rendered by the real helm: own templates engines differ in what nobody tests. */
export const helm: Renderer<HelmSource> = {
  tool: 'helm',
  render: async (input, ctx) => {
    const { path } = await ctx.tools.resolve('helm', ctx);
    const result = await ctx.programs.run(
      () =>
        run(
          path,
          helmArguments(input),
          {
            env: isolation(join(ctx.store.directory, 'nothing')),
            inherit: [],
            stdin: JSON.stringify(input.source.values),
            accept: [0, 1],
          },
          ctx,
        ),
      ctx.signal,
    );
    if (result.exitCode !== 0) throwAll([explainHelmFailure(result.stderr, input)]);
    return readOutput(result.stdout, input);
  },
};

/** Arguments of `helm template`. The chart is a local file or directory and values come through stdin, so nothing of a user appears in a process list. */
export function helmArguments({
  component,
  source,
  mined,
  kubeVersion,
  apiVersions,
}: RenderInput<HelmSource>): readonly string[] {
  return [
    'template',
    source.release,
    mined.path,
    `--namespace=${component.namespace}`,
    `--kube-version=${kubeVersion}`,
    ...(source.includeCrds ? ['--include-crds'] : []),
    ...apiVersions.map((version) => `--api-versions=${version}`),
    '--values=-',
  ];
}

/**
 * The whole environment of helm: no home, configuration, plugins, cache or cluster of the user, and no network. `nothing` is a path that does not exist.
 * A larger heap target spares helm, which lives for a moment, most of its garbage collection: a sixth of its CPU time on charts of 20 MB.
 */
function isolation(nothing: string): Readonly<Record<string, string>> {
  return {
    HOME: nothing,
    XDG_CACHE_HOME: nothing,
    XDG_CONFIG_HOME: nothing,
    XDG_DATA_HOME: nothing,
    HELM_PLUGINS: nothing,
    HELM_NO_PLUGINS: '1',
    KUBECONFIG: join(nothing, 'kubeconfig'),
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    GOGC: '400',
  };
}

const sourceComment = /^# Source: (\S+)/m;

function readOutput(stdout: string, input: RenderInput<HelmSource>): readonly RawObject[] {
  try {
    return readManifests(stdout, input.source.id).map((manifest) => {
      const template =
        sourceComment.exec(manifest.text.slice(0, 1000))?.[1] ?? templateBefore(stdout, manifest.origin?.line);
      return { manifest, ...(template === undefined ? {} : { from: { file: withoutChart(template) } }) };
    });
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    throw new ForgeError(error.code, error.exit, error.problem, {
      cause: error,
      diagnostics: diagnosticsOf(error).map((diagnostic) => atTemplate(diagnostic, stdout, input)),
    });
  }
}

/** Lines of rendered output cannot be opened; the template that printed them can. */
function atTemplate(diagnostic: Diagnostic, stdout: string, { source }: RenderInput<HelmSource>): Diagnostic {
  const template = templateBefore(stdout, diagnostic.where?.line) ?? 'an unknown template';
  return {
    ...diagnostic,
    why: `${diagnostic.why ?? 'it cannot be read'}; chart ${source.chart} printed it from ${template}`,
    where: source.where,
  };
}

/** The template that printed a line: helm writes its name at the head of each document. Items of a List have no head of their own. */
function templateBefore(stdout: string, line = 0): string | undefined {
  const lines = stdout.split('\n', line);
  return lines.findLast((text) => sourceComment.test(text))?.replace(sourceComment, '$1');
}

/** `my-chart/templates/x.yaml` without the chart's own name, which the source says already. */
function withoutChart(template: string): string {
  return template.slice(template.indexOf('/') + 1);
}
