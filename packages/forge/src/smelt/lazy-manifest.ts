import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { asKubeObject } from '@cluster-forge/kube/manifest/head';
import type { Manifest, ManifestOrigin } from '@cluster-forge/kube/manifest/manifest';
import type { KubeObject } from '@cluster-forge/kube/object';

/** A manifest's head, known without looking at its text. */
export type ManifestHead = Pick<Manifest, 'id' | 'labels' | 'annotations'>;

/** A manifest whose head is known: its text is made on first use, its object read on first use, both then kept. */
export function lazyManifest(head: ManifestHead, readText: () => string, origin?: ManifestOrigin): Manifest {
  let text: string | undefined;
  let object: KubeObject | undefined;
  return {
    id: head.id,
    labels: head.labels,
    annotations: head.annotations,
    ...(origin === undefined ? {} : { origin }),
    get text() {
      text ??= readText();
      return text;
    },
    get object() {
      object ??= asKubeObject(readGoYaml(this.text, origin ?? {}), origin);
      return object;
    },
  };
}
