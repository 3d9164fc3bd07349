import { compileCel } from '@cluster-forge/base/cel/cel';
import type { Json } from '@cluster-forge/base';
import type { KubeObject } from '../object.ts';
import type { HealthCondition, HealthRule, Verdict } from './verdict.ts';

/** A rule whose CEL has been compiled once. `related` holds the objects the rule may look at beside its own. */
export type CompiledRule = (object: KubeObject, related: Readonly<Record<string, Json>>) => Verdict;

type Judge = (object: KubeObject, related: Readonly<Record<string, Json>>) => Verdict | undefined;

/** Compiles a rule. Throws E_CEL_SYNTAX when an expression does not parse. */
export function compileRule(rule: HealthRule): CompiledRule {
  const name = rule.group === '' ? rule.kind : `${rule.group}/${rule.kind}`;
  const judges: readonly Judge[] = [
    ...judgesFor('failed', rule.failed, name),
    ...judgesFor('ready', rule.sufficient, name),
    ...judgesFor('suspended', rule.suspended, name),
    ...judgesFor('progressing', rule.progressing, name),
    ...judgesFor('progressing', rule.ready?.map(negate), name),
  ];
  return (object, related) => {
    for (const judge of judges) {
      const verdict = judge(object, related);
      if (verdict !== undefined) return verdict;
    }
    return { state: 'ready', message: 'ready', rule: name };
  };
}

const negate = ({ when, message }: HealthCondition): HealthCondition => ({ when: `!(${when})`, message });

function judgesFor(
  state: Verdict['state'],
  conditions: readonly HealthCondition[] = [],
  rule: string,
): readonly Judge[] {
  return conditions.map(({ when, message }) => {
    const test = compileCel(when);
    const say = compileCel(message);
    return (object, related) => {
      const variables = { object, related };
      return test.test(variables) ? { state, message: textOf(say.evaluate(variables)), rule } : undefined;
    };
  });
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
