import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabDirectory } from '../directory.ts';
import { createAuthority, createSigningKey, issue, type KeyPair } from '../credentials/certificate.ts';
import { printKubeconfig } from '../credentials/kubeconfig.ts';

/** Files the control plane reads. All are absolute paths below the lab's `pki` directory, except that people use `kubeconfig`. */
export interface CredentialFiles {
  readonly authority: string;
  readonly authorityKey: string;
  readonly serving: string;
  readonly servingKey: string;
  readonly tokenKey: string;
  readonly tokenPublicKey: string;
  /** Client certificate of the one who starts the lab. */
  readonly probe: { readonly certificate: string; readonly key: string };
  readonly kubeconfigs: Readonly<Record<Client, string>>;
}

/** Who talks to the API server. Each has its own user name, so that audit and managed fields tell them apart. */
export type Client = 'admin' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok' | 'operators';

const clients: readonly Client[] = ['admin', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'operators'];

export const authorityName = 'cluster-forge lab';

/** Makes an authority, a serving certificate and one client for each program, and writes them. Keys are readable by the owner only. */
export async function writeCredentials(directory: LabDirectory, server: string, now: number): Promise<CredentialFiles> {
  const authority = { commonName: authorityName, ...createAuthority(authorityName, now) };
  const dns = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const serving = issue(
    authority,
    { commonName: 'kube-apiserver' },
    { kind: 'server', dns, ips: ['127.0.0.1', '10.96.0.1'] },
    now,
  );
  const signing = createSigningKey();
  const files = credentialFiles(directory);
  const probe = clientPair(authority, 'admin', now);
  await Promise.all([
    write(files.probe.certificate, probe.certificate),
    write(files.probe.key, probe.key),
    write(files.authority, authority.certificate),
    write(files.authorityKey, authority.key),
    write(files.serving, serving.certificate),
    write(files.servingKey, serving.key),
    write(files.tokenKey, signing.key),
    write(files.tokenPublicKey, signing.publicKey),
    ...clients.map((client) =>
      write(files.kubeconfigs[client], kubeconfigOf(directory, server, authority, clientPair(authority, client, now))),
    ),
  ]);
  return files;
}

export function credentialFiles(directory: LabDirectory): CredentialFiles {
  const at = (name: string) => join(directory.pki, name);
  return {
    authority: at('ca.crt'),
    authorityKey: at('ca.key'),
    serving: at('apiserver.crt'),
    servingKey: at('apiserver.key'),
    tokenKey: at('service-accounts.key'),
    tokenPublicKey: at('service-accounts.pub'),
    probe: { certificate: at('admin.crt'), key: at('admin.key') },
    kubeconfigs: {
      admin: directory.kubeconfig,
      'kube-controller-manager': at('kube-controller-manager.kubeconfig'),
      'kube-scheduler': at('kube-scheduler.kubeconfig'),
      kwok: at('kwok.kubeconfig'),
      operators: at('operators.kubeconfig'),
    },
  };
}

/** All are in `system:masters`: the roles of the components exist only seconds after the API server began, and nobody in a lab waits for that. */
function clientPair(authority: KeyPair & { readonly commonName: string }, client: Client, now: number): KeyPair {
  const commonName = client.startsWith('kube-') ? `system:${client}` : `forge-lab:${client}`;
  return issue(authority, { commonName, organizations: ['system:masters'] }, { kind: 'client' }, now);
}

function kubeconfigOf(directory: LabDirectory, server: string, authority: KeyPair, client: KeyPair): string {
  return printKubeconfig({ name: `forge-lab-${directory.name}`, server, authority: authority.certificate, client });
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
