import { basename } from 'node:path';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { Source } from '../../config/platform.ts';
import { readManifestFile } from '../../mine/sources/manifest.ts';
import type { Renderer } from '../renderer.ts';

/** A manifest file is its own rendering. */
export const manifest: Renderer<Extract<Source, { kind: 'manifest' }>> = {
  render: async ({ source, mined }) => {
    const name = source.file ?? source.url ?? mined.path;
    const text = await readManifestFile(mined.path, name);
    return readManifests(text.toString('utf8'), name).map((object) => ({
      manifest: object,
      from: { file: shortName(name), ...(object.origin === undefined ? {} : { line: object.origin.line }) },
    }));
  },
};

/** The file's name without its folder or server: those differ between computers and mirrors. */
function shortName(name: string): string {
  const url = URL.parse(name);
  return basename(url === null ? name : url.pathname);
}
