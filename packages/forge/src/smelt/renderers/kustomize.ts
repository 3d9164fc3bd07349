import { join } from 'node:path';
import { run } from '@cluster-forge/base/exec/exec';
import { joinBelow } from '@cluster-forge/base/files/join-below';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { KustomizeSource } from '../../config/platform.ts';
import { smeltErrors } from '../errors.ts';
import { throwAll } from '../findings.ts';
import type { RenderInput, Renderer } from '../renderer.ts';

/** Kustomizations are built by the real kustomize, without plugins, Helm charts and network. */
export const kustomize: Renderer<KustomizeSource> = {
  tool: 'kustomize',
  render: async (input, ctx) => {
    const { path } = await ctx.tools.resolve('kustomize', ctx);
    const directory =
      input.source.git === undefined || input.source.git.path === ''
        ? input.mined.path
        : await joinBelow(input.mined.path, input.source.git.path);
    const result = await ctx.programs.run(
      () =>
        run(
          path,
          ['build', directory],
          { env: isolation(join(ctx.store.directory, 'nothing')), inherit: [], accept: [0, 1] },
          ctx,
        ),
      ctx.signal,
    );
    if (result.exitCode !== 0) throwAll([explainFailure(result.stderr, input)]);
    return readManifests(result.stdout, input.source.id).map((manifest) => ({ manifest }));
  },
};

/** No PATH: kustomize finds no git to fetch remote bases with; no proxy that answers: it reads no URL. */
function isolation(nothing: string): Readonly<Record<string, string>> {
  return {
    HOME: nothing,
    XDG_CONFIG_HOME: nothing,
    PATH: nothing,
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  };
}

function explainFailure(stderr: string, { source }: RenderInput<KustomizeSource>) {
  const why = stderr.trim().replace(/^Error: /, '');
  if (/proxyconnect|no 'git' program|executable file not found|https?:\/\//.test(why))
    return smeltErrors.E_SMELT_REMOTE.diagnostic({
      what: `the kustomization of ${source.id} wants something from the network`,
      why,
      where: source.where,
      fix: 'copy the remote base beside the kustomization, or make it a component of its own with a pinned commit',
    });
  return smeltErrors.E_SMELT_KUSTOMIZE.diagnostic({
    what: `kustomize cannot build ${source.id}`,
    why,
    where: source.where,
    fix: 'run `kustomize build` in that directory and correct what it says',
  });
}
