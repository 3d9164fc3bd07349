import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';

/** Files of a small chart. */
export function chartFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    [`${name}/values.yaml`]: 'greeting: hello\n',
    [`${name}/templates/configmap.yaml`]:
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  greeting: {{ .Values.greeting }}\n',
  };
}

/** A `.tgz` as `helm package` makes it. */
export async function chartArchive(name: string, version: string): Promise<Uint8Array> {
  const entries = Object.entries(chartFiles(name, version)).map(([file, body]) => ({
    header: { name: file, size: Buffer.byteLength(body), mtime: new Date(0) },
    body,
  }));
  return gzipSync(await packTar(entries));
}
