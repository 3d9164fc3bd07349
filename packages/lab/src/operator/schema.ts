import { z } from 'zod';

/** `500ms`, `2s`, `1m`: a time to wait, in milliseconds once read. */
const duration = z
  .string()
  .regex(/^\d+(ms|s|m)$/, 'a time is a whole number with its unit, such as 500ms, 2s or 1m')
  .transform(milliseconds);

const expression = z.string().min(1, 'a CEL expression is needed');

const condition = z.strictObject({
  type: z.string().min(1),
  /** An expression may stand here, so any text is accepted. */
  status: z.string().default('True'),
  reason: z.string().default('Simulated'),
  message: z.string().default(''),
});

/** Children are watched by their kind, so it must be known before any object is. */
const literal = z.string().regex(/^[^$]+$/, 'a child names its apiVersion and kind without an expression');

/** An object the operator makes. Without a namespace it goes where the owner is. */
const child = z.strictObject({
  /** CEL list; one object for each element, known as `item` and `index` in the template. */
  forEach: expression.optional(),
  object: z.looseObject({ apiVersion: literal, kind: literal, metadata: z.looseObject({ name: z.string() }) }),
});

const step = z.strictObject({
  /** Time since the step before was done, or since this generation of the object was seen. Default 0. */
  after: duration.default(0),
  /** The step is passed over when this is false. */
  when: expression.optional(),
  /** The step waits until this holds; `waiting` says for what. */
  until: expression.optional(),
  waiting: z.string().optional(),
  children: z.array(child).default([]),
  /** Merged into the object itself, such as a default that the real operator writes into the spec. */
  patch: z.record(z.string(), z.json()).optional(),
  /** Merged into the status. */
  status: z.record(z.string(), z.json()).optional(),
  conditions: z.array(condition).default([]),
});

const steps = z.array(step).min(1, 'a model needs at least one step');

/**
 * One document of `simulate.yaml`: what the operator of a kind does, as far as others can see. For every object of the kind the steps are taken in
 * order; each step that has been reached stays in force (its children exist, its status holds), later steps override earlier ones. Expressions are
 * CEL over `object`, `children` (each with `ready` and `message` beside its own fields), and `now` (when the step was reached).
 *
 * ```yaml
 * apiVersion: clusterforge.dev/v1alpha1
 * kind: OperatorModel
 * metadata: {name: cnpg-cluster}
 * spec:
 *   for: {apiVersion: postgresql.cnpg.io/v1, kind: Cluster}
 *   steps:
 *     - children:
 *         - forEach: lists.range(object.spec.instances)
 *           object: {apiVersion: v1, kind: Pod, metadata: {name: '${{ object.metadata.name }}-${{ index + 1 }}'}, spec: {...}}
 *       status: {phase: Setting up primary, instances: '${{ object.spec.instances }}'}
 *     - until: children.all(c, c.ready)
 *       waiting: instances become ready
 *       status: {phase: Cluster in healthy state, readyInstances: '${{ children.filter(c, c.ready).size() }}'}
 *       conditions: [{type: Ready, reason: ClusterIsReady}]
 *   failures:
 *     no-primary: [{status: {phase: Failing over}, conditions: [{type: Ready, status: 'False', reason: NoPrimary}]}]
 * ```
 *
 * `lab.clusterforge.dev/fail: <name>` on an object takes the steps of that failure instead; `never` (nobody acts) and `stuck` (the last step is never
 * reached) exist for every model. `lab.clusterforge.dev/ready-after: 5s` delays the last step.
 */
export const operatorModel = z.strictObject({
  apiVersion: z.literal('clusterforge.dev/v1alpha1'),
  kind: z.literal('OperatorModel'),
  metadata: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'a name has lower case letters, digits, dashes and dots'),
  }),
  spec: z.strictObject({
    for: z.strictObject({ apiVersion: z.string().min(1), kind: z.string().min(1) }),
    /** Objects for which this is false are left alone. */
    when: expression.optional(),
    steps,
    failures: z.record(z.string(), steps).default({}),
  }),
});

export type OperatorModel = z.output<typeof operatorModel>;
export type Step = z.output<typeof step>;
export type Child = z.output<typeof child>;
export type Condition = z.output<typeof condition>;

/** Milliseconds of a time as models and annotations write it; undefined for other text. */
export function readDuration(text: string): number | undefined {
  const read = duration.safeParse(text);
  return read.success ? read.data : undefined;
}

function milliseconds(text: string): number {
  const amount = Number.parseInt(text, 10);
  if (text.endsWith('ms')) return amount;
  return amount * (text.endsWith('m') ? 60_000 : 1_000);
}
