import type { Json } from '@cluster-forge/base';
import { groupOf, idOf, printGroupKind, type KubeObject, type ObjectId } from '../object.ts';
import { compileRule, type CompiledRule } from './compile.ts';
import { commonVerdict, genericVerdict, isUnobserved, unobserved } from './generic.ts';
import { builtInRules, immediateKinds } from './rules/rules.ts';
import type { HealthBook, HealthRule, Verdict } from './verdict.ts';

export interface HealthBookOptions {
  /** Rules that components bring; the first rule for a kind wins, and every one wins over the built-in rule of its kind. */
  readonly custom?: readonly HealthRule[];
  /** Whether the object's kind has a status subresource; undefined: not known, treated as no. */
  readonly hasStatus: (id: ObjectId) => boolean | undefined;
  /** Other objects a rule may look at as `related.<name>`; the built-in claim rule reads `related.storageClass`. Default: none. */
  readonly related?: (object: KubeObject) => Readonly<Record<string, Json>>;
}

/** Makes the book. Throws E_CEL_SYNTAX for a custom rule that does not parse; a rule that fails on an object makes it `progressing` and says so. */
export function createHealthBook(options: HealthBookOptions): HealthBook {
  const custom = index(options.custom ?? []);
  const related = options.related ?? (() => ({}));
  const verdictOf = (object: KubeObject): Verdict => {
    const kind = kindOf(object);
    const own = custom.get(kind);
    if (own !== undefined) {
      return options.hasStatus(idOf(object)) === true && isUnobserved(object)
        ? unobserved(kind)
        : own(object, related(object));
    }
    const builtIn = builtInIndex().get(kind);
    if (builtIn !== undefined) return builtIn(object, related(object));
    if (immediateKinds.has(kind)) return { state: 'ready', message: 'applied', rule: 'immediate' };
    return genericVerdict(object, options.hasStatus(idOf(object)) === true);
  };
  return {
    assess: (object) => commonVerdict(object, kindOf(object)) ?? guarded(object, verdictOf),
    isImmediate: (id) => {
      const kind = kindOf(id);
      if (custom.has(kind) || builtInIndex().has(kind)) return false;
      return immediateKinds.has(kind) || options.hasStatus(id) === false;
    },
  };
}

function guarded(object: KubeObject, assess: (object: KubeObject) => Verdict): Verdict {
  try {
    return assess(object);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { state: 'progressing', message: `its health rule cannot be evaluated: ${reason}`, rule: kindOf(object) };
  }
}

function index(rules: readonly HealthRule[]): ReadonlyMap<string, CompiledRule> {
  // Later entries of a Map win; reversed, so that the first rule does.
  return new Map(rules.toReversed().map((rule) => [printGroupKind(rule), compileRule(rule)]));
}

const builtInIndex = once(() => index(builtInRules));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function kindOf(id: Pick<ObjectId, 'apiVersion' | 'kind'>): string {
  return printGroupKind({ group: groupOf(id.apiVersion), kind: id.kind });
}
