import { catalogue } from './error.ts';

const errors = catalogue({
  E_FAILPOINT: { summary: 'A test asked for a failure at this point with FORGE_FAILPOINTS.', exit: 1 },
  E_FAILPOINT_SYNTAX: { summary: 'FORGE_FAILPOINTS cannot be read or names a failpoint that does not exist.', exit: 2 },
});

/** Names of the places where tests can make a stage fail. Each stage exports its own, so that tests can go through all of them. */
export interface Failpoints<Name extends string> {
  readonly stage: string;
  /** Full names, such as `deploy.apply.after`. */
  readonly names: readonly string[];
  /** Marks the place. Does nothing unless FORGE_FAILPOINTS of the program names it; then it waits, throws E_FAILPOINT or kills the process. */
  hit(name: Name): Promise<void>;
}

/** What to do at a failpoint: `kill` and `throw` act on the `at`-th hit and never again, `delay` on every hit from the `at`-th on. */
export interface Failure {
  readonly action: 'kill' | 'throw' | 'delay';
  readonly at: number;
  readonly delayMs: number;
}

/** Effects of a failure, replaceable so that tests survive `kill`. */
export interface FailureEffects {
  kill(): void;
  sleep(ms: number): Promise<void>;
}

/**
 * The failpoints of one stage: `defineFailpoints('deploy', ['apply.before', 'apply.after'])`, then `await failpoints.hit('apply.after')`.
 * Read from `FORGE_FAILPOINTS`: `deploy.apply.after=kill`, `=kill@3` (third hit), `=throw`, `=delay:200` (milliseconds); several separated by commas.
 * Without the variable a hit costs one comparison. Throws E_FAILPOINT_SYNTAX for a name of this stage that does not exist.
 */
export function defineFailpoints<const Name extends string>(
  stage: string,
  names: readonly Name[],
  setting: string | undefined = process.env['FORGE_FAILPOINTS'],
  effects: FailureEffects = realEffects,
): Failpoints<Name> {
  const full = names.map((name) => `${stage}.${name}`);
  const failures = setting === undefined || setting === '' ? undefined : failuresOf(stage, full, setting);
  const hits = new Map<string, number>();
  return {
    stage,
    names: full,
    hit: async (name) => {
      const failure = failures?.get(`${stage}.${name}`);
      if (failure === undefined) return;
      const count = (hits.get(name) ?? 0) + 1;
      hits.set(name, count);
      await fail(`${stage}.${name}`, failure, { count, effects });
    },
  };
}

/** Reads a whole setting; names of any stage. Throws E_FAILPOINT_SYNTAX. */
export function parseFailpoints(setting: string): ReadonlyMap<string, Failure> {
  const entries = setting.split(',').map((part) => part.trim());
  return new Map(entries.filter((part) => part !== '').map(parseEntry));
}

function parseEntry(entry: string): readonly [string, Failure] {
  const match = /^([\w.-]+)=(?:(kill|throw)(?:@([1-9]\d*))?|delay:(\d+)(?:@([1-9]\d*))?)$/.exec(entry);
  const [, name, ending, endingAt, delay, delayAt] = match ?? [];
  if (name === undefined) {
    throw errors.E_FAILPOINT_SYNTAX({
      what: `"${entry}" in FORGE_FAILPOINTS is not a failpoint`,
      fix: 'write name=kill, name=kill@3, name=throw or name=delay:200, separated by commas',
    });
  }
  const action = ending === 'kill' || ending === 'throw' ? ending : 'delay';
  return [name, { action, at: Number(endingAt ?? delayAt ?? 1), delayMs: Number(delay ?? 0) }];
}

function failuresOf(stage: string, names: readonly string[], setting: string): ReadonlyMap<string, Failure> {
  const failures = parseFailpoints(setting);
  const unknown = [...failures.keys()].find((name) => name.startsWith(`${stage}.`) && !names.includes(name));
  if (unknown === undefined) return failures;
  throw errors.E_FAILPOINT_SYNTAX({
    what: `there is no failpoint "${unknown}"`,
    fix: `use one of: ${names.join(', ')}`,
  });
}

async function fail(
  name: string,
  failure: Failure,
  { count, effects }: { readonly count: number; readonly effects: FailureEffects },
): Promise<void> {
  if (failure.action === 'delay') return count >= failure.at ? effects.sleep(failure.delayMs) : undefined;
  if (count !== failure.at) return;
  if (failure.action === 'kill') return effects.kill();
  throw errors.E_FAILPOINT({
    what: `failed on purpose at ${name}`,
    why: 'FORGE_FAILPOINTS asks for it',
    fix: 'unset FORGE_FAILPOINTS',
  });
}

/** SIGKILL: no handler, no cleanup, as when the machine loses power. */
const realEffects: FailureEffects = {
  kill: () => void process.kill(process.pid, 'SIGKILL'),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
