import { join } from 'node:path';
import type { LabDirectory } from '../directory.ts';
import type { ProgramSpec } from '../process/spawn.ts';
import { credentialFiles } from './credentials.ts';

/** The external programs of a lab, in the order in which they start; they end in the opposite order. */
export const controlPlaneTools = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;
export type ControlPlaneTool = (typeof controlPlaneTools)[number];

/** What decides the command lines of a lab. */
export interface Plan {
  readonly directory: LabDirectory;
  readonly dataDirectory: string;
  /** Loopback port of the API server, the only one a lab opens. */
  readonly port: number;
  /** Absolute path of each program. */
  readonly tools: Readonly<Record<ControlPlaneTool, string>>;
  /** Stages for kwok, one file. */
  readonly stageFile: string;
}

/**
 * etcd reads `unix://localhost:N` as a socket file of that name in its working directory. Sockets in a directory of the user's own keep other users
 * of the computer away from the data, which etcd would hand to anyone who can connect.
 */
const clientSocket = 'unix://localhost:1';
const peerSocket = 'unix://localhost:2';

/** Command line of one program of the control plane. Pure. */
export function programOf(tool: ControlPlaneTool, plan: Plan): ProgramSpec {
  return {
    role: tool,
    path: plan.tools[tool],
    args: argsOf[tool](plan),
    cwd: plan.dataDirectory,
    logFile: join(plan.directory.logs, `${tool}.log`),
  };
}

const argsOf: Readonly<Record<ControlPlaneTool, (plan: Plan) => string[]>> = {
  etcd: ({ dataDirectory }) => [
    '--name=lab',
    `--data-dir=${join(dataDirectory, 'etcd')}`,
    `--listen-client-urls=${clientSocket}`,
    `--advertise-client-urls=${clientSocket}`,
    `--listen-peer-urls=${peerSocket}`,
    `--initial-advertise-peer-urls=${peerSocket}`,
    `--initial-cluster=lab=${peerSocket}`,
    '--unsafe-no-fsync',
    '--quota-backend-bytes=8589934592',
    '--log-level=warn',
  ],
  'kube-apiserver': ({ directory, port }) => {
    const files = credentialFiles(directory);
    return [
      `--etcd-servers=${clientSocket}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--client-ca-file=${files.authority}`,
      `--tls-cert-file=${files.serving}`,
      `--tls-private-key-file=${files.servingKey}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.tokenPublicKey}`,
      `--service-account-signing-key-file=${files.tokenKey}`,
      '--authorization-mode=Node,RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      '--enable-priority-and-fairness=false',
      '--max-requests-inflight=0',
      '--max-mutating-requests-inflight=0',
      // Nodes register as ready here; the plugin would taint them until the node controller has seen each.
      '--disable-admission-plugins=TaintNodesByCondition',
      '--profiling=false',
    ];
  },
  'kube-controller-manager': ({ directory }) => {
    const files = credentialFiles(directory);
    return [
      `--kubeconfig=${files.kubeconfigs['kube-controller-manager']}`,
      `--root-ca-file=${files.authority}`,
      `--cluster-signing-cert-file=${files.authority}`,
      `--cluster-signing-key-file=${files.authorityKey}`,
      `--service-account-private-key-file=${files.tokenKey}`,
      ...busyClient,
      '--profiling=false',
    ];
  },
  'kube-scheduler': ({ directory }) => [
    `--kubeconfig=${credentialFiles(directory).kubeconfigs['kube-scheduler']}`,
    ...busyClient,
    '--profiling=false',
  ],
  kwok: ({ directory, stageFile }) => [
    `--kubeconfig=${credentialFiles(directory).kubeconfigs.kwok}`,
    `--config=${stageFile}`,
    '--manage-all-nodes=true',
    '--node-ip=10.0.255.1',
    '--v=WARN',
    '--node-lease-duration-seconds=40',
  ],
};

/** One of each, on one computer: no election, no rate limit of its own, no port. */
const busyClient = ['--leader-elect=false', '--kube-api-qps=5000', '--kube-api-burst=10000', '--secure-port=0'];
