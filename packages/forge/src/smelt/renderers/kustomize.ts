import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@cluster-forge/base/exec/exec';
import { isBelow, joinBelow } from '@cluster-forge/base/files/join-below';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { KustomizeSource } from '../../config/platform.ts';
import { kustomizationAddresses, kustomizationDirectories } from '../../mine/kustomization.ts';
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
    if (input.source.git !== undefined) throwAll(await findEscapes(directory, input));
    const [address] = await kustomizationAddresses(directory, input.source.where);
    if (address !== undefined) throwAll([wantsNetwork(input, `it names ${address}`)]);
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

/** A repository may use its own directories, not those of the computer it is built on. */
async function findEscapes(directory: string, { source, mined }: RenderInput<KustomizeSource>) {
  const [root, reached] = await Promise.all([realpath(mined.path), kustomizationDirectories(directory, source.where)]);
  return reached
    .filter(({ path }) => !isBelow(root, path))
    .map(({ name }) =>
      smeltErrors.E_SMELT_KUSTOMIZE.diagnostic({
        what: `the kustomization of ${source.id} uses ${name}, which is outside of its repository`,
        where: source.where,
        fix: 'use a repository that holds all its bases',
      }),
    );
}

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

/** What the network gives today it may not give tomorrow: every byte comes from mine. */
function wantsNetwork({ source }: RenderInput<KustomizeSource>, why: string) {
  return smeltErrors.E_SMELT_REMOTE.diagnostic({
    what: `the kustomization of ${source.id} wants something from the network`,
    why,
    where: source.where,
    fix: 'copy the remote base beside the kustomization, or make it a component of its own with a pinned commit',
  });
}

function explainFailure(stderr: string, input: RenderInput<KustomizeSource>) {
  const { source } = input;
  const why = stderr.trim().replace(/^Error: /, '');
  if (/proxyconnect|no 'git' program|executable file not found/.test(why)) return wantsNetwork(input, why);
  return smeltErrors.E_SMELT_KUSTOMIZE.diagnostic({
    what: `kustomize cannot build ${source.id}`,
    why,
    where: source.where,
    fix: 'run `kustomize build` in that directory and correct what it says',
  });
}
