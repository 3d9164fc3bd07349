import type { KeyPair } from './certificate.ts';

/** One cluster, one user, one context, all of the same name. */
export interface KubeconfigSpec {
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly client: KeyPair;
}

/** A kubeconfig with everything in it, so that it can be copied. JSON, which every YAML reader reads. */
export function printKubeconfig({ name, server, authority, client }: KubeconfigSpec): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      { name, user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) } },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
