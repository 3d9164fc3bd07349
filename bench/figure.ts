/** One measured thing: ours and peers side by side in one run. Figures compare by ratio, since machines are noisy. */
export interface Figure {
  readonly bench: string;
  /** What was measured: `smelt cold, 40 charts`. */
  readonly name: string;
  readonly unit: 's' | 'cpu s' | 'ms' | 'MB' | 'requests' | 'objects/s';
  /** Ours: one value a run. */
  readonly ours: readonly number[];
  readonly peers: readonly Peer[];
  /** What to reach, in words, from docs; `limit` is the ratio or value that it means. */
  readonly goal?: Goal;
}

export interface Peer {
  readonly name: string;
  readonly values: readonly number[];
}

export type Goal =
  | { readonly kind: 'at most'; readonly value: number }
  | { readonly kind: 'ratio at most'; readonly peer: string; readonly value: number };

/** Something that could not be measured here, and why. */
export interface Omission {
  readonly bench: string;
  readonly name: string;
  readonly why: string;
}

/** A benchmark. It tells its figures as it goes on, so that an interrupted run has shown what it had. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(tell: (figure: Figure | Omission) => void): Promise<void>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Whether the goal is met; undefined when its peer was not measured. */
export function meets(figure: Figure): boolean | undefined {
  const { goal } = figure;
  if (goal === undefined) return undefined;
  const ours = median(figure.ours);
  if (goal.kind === 'at most') return ours <= goal.value;
  const peer = figure.peers.find((candidate) => candidate.name === goal.peer);
  return peer === undefined ? undefined : ours / median(peer.values) <= goal.value;
}
