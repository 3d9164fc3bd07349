/** The part of `process` that this file needs. */
interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): never;
}

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into one abort signal: the first asks the work to stop in order, the second ends the process at once
 * (what is half-done is in the journal, so the next run goes on from there).
 */
export function watchSignals(
  source: SignalSource,
  beforeExit: () => void,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const onSignal = () => {
    if (controller.signal.aborted) {
      beforeExit();
      source.exit(130);
    }
    controller.abort(new Error('interrupted'));
  };
  for (const signal of signals) source.on(signal, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const signal of signals) source.off(signal, onSignal);
    },
  };
}
