/**
 * Small pieces of CEL that health rules are made of. Objects miss fields all the time, and CEL refuses to read a missing field, so every piece
 * guards the whole way down. Only `has`, comparisons, logic, `exists` and string functions are used: what Argo CD's Lua and Flux's CEL can say too.
 */

/** True when every step of the path exists and the last is not null, as charts that ship a status write it: `status.loadBalancer.ingress`. */
export function present(path: string): string {
  const steps = `object.${path}`.split('.');
  const guards = steps.slice(1).map((_, index) => `has(${steps.slice(0, index + 2).join('.')})`);
  return [...guards, `${steps.join('.')} != null`].join(' && ');
}

/** The field, or `fallback` (CEL text) when it is missing. */
export function valueOf(path: string, fallback: string): string {
  return `(${present(path)} ? object.${path} : ${fallback})`;
}

/** A count as an integer; 0, or `fallback`, when missing. */
export function count(path: string, fallback = 0): string {
  return `int(${valueOf(path, String(fallback))})`;
}

/** The same count as text for a message. */
export function countText(path: string, fallback = 0): string {
  return `string(${count(path, fallback)})`;
}

/** True when the field is there and equals the text. */
export function is(path: string, value: string): string {
  return `(${present(path)} && object.${path} == ${text(value)})`;
}

/** True when a list under `status.conditions` has an entry of this type and status, and of one of these reasons when any are given. */
export function conditionIs(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reasons: readonly string[] = [],
): string {
  const reason = reasons.length === 0 ? '' : ` && has(c.reason) && c.reason in ${list(reasons)}`;
  return `(${present('status.conditions')} && object.status.conditions.exists(c, c.type == ${text(type)} && c.status == ${text(status)}${reason}))`;
}

/** `Reason: message` of a condition as a message; '' when there is none. */
export function conditionText(type: string): string {
  const one = `(has(c.reason) ? c.reason : "") + (has(c.message) && c.message != "" ? ": " + c.message : "")`;
  return `(${present('status.conditions')} ? object.status.conditions.filter(c, c.type == ${text(type)}).map(c, ${one}).join("") : "")`;
}

/** A string literal. JSON's escapes are a subset of CEL's. */
export function text(value: string): string {
  return JSON.stringify(value);
}

export function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}
