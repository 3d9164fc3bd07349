import type { Context } from '@cluster-forge/base';
import type { Cluster } from './cluster.ts';

/** This project's field manager; a client has it unless told otherwise. Fixed for ever: another name would make every field of earlier deploys a conflict. */
export const fieldManager = 'cluster-forge';

export interface ConnectOptions {
  /** Path of the kubeconfig. Default: `KUBECONFIG`, `~/.kube/config`, the service account of the pod. */
  readonly kubeconfig?: string;
  /** Default: the kubeconfig's current context. */
  readonly context?: string;
  /** Default: the variables of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tuning?: Partial<Tuning>;
  /** Default `cluster-forge`. Another name makes every field of earlier applies a conflict; tests use it to play somebody else. */
  readonly fieldManager?: string;
}

/** Times and bounds; the defaults are right but for tests and unusual clusters. */
export interface Tuning {
  /** Requests at once: where the adaptive limit begins and what it stays within. Watches do not count. */
  readonly concurrency: { readonly start: number; readonly min: number; readonly max: number };
  /** Wait for the headers of an answer and for each part of its body. Webhooks may take 30 s. */
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly retry: { readonly tries: number; readonly firstDelayMs: number; readonly maxDelayMs: number };
  readonly watch: {
    /** The server ends each stream between so many seconds and a fifth fewer. */
    readonly timeoutSeconds: number;
    /** Silence after which a stream counts as dead. */
    readonly idleMs: number;
    readonly staleAfterMs: number;
    readonly firstDelayMs: number;
    readonly maxDelayMs: number;
  };
  /** 0 to 1; for jitter. */
  readonly random: () => number;
}

/**
 * Connects to the cluster of a kubeconfig; no request is sent yet. The client is loaded only now, so that those who only read manifests do not pay for it.
 * Throws E_KUBECONFIG_*.
 */
export async function connect(options: ConnectOptions, _ctx: Context): Promise<Cluster> {
  const { openCluster } = await import('./open-cluster.ts');
  return openCluster(options);
}
