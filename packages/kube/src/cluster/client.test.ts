import { describe, expect, it } from 'vitest';
import { ForgeError, type Context } from '@cluster-forge/base';
import { statusOf } from './api-error.ts';
import { createClient, type Call } from './client.ts';
import { createLimiter } from './limiter.ts';
import type { ApiAnswer, Transport } from './transport.ts';

/** A transport that plays a script of answers and network errors, and a clock that only records. */
function scripted(...script: readonly (Partial<ApiAnswer> | string)[]) {
  const slept: number[] = [];
  let sent = 0;
  const transport: Transport = {
    send: () => {
      const step = script[Math.min(sent, script.length - 1)];
      sent += 1;
      if (typeof step === 'string') return Promise.reject(Object.assign(new Error(step), { code: step }));
      return Promise.resolve({
        status: 200,
        body: '{}',
        retryAfter: undefined,
        warnings: [],
        date: undefined,
        ...step,
      });
    },
    open: () => Promise.reject(new Error('not used')),
    close: () => Promise.resolve(),
  };
  const ctx: Context = {
    signal: new AbortController().signal,
    host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody answers')) },
    clock: { now: () => 0, sleep: (ms) => Promise.resolve(void slept.push(ms)) },
  };
  const retry = { tries: 3, firstDelayMs: 100, maxDelayMs: 150, random: () => 1 };
  const limiter = createLimiter({ start: 4, min: 1, max: 4 });
  const client = createClient({ server: 'https://k8s', fieldManager: 'test', transport, limiter, retry });
  return { client, ctx, slept, sent: () => sent };
}

const call = (isRepeatable: boolean, isDryRun = false): Call => ({
  verb: 'apply',
  request: { method: 'PATCH', path: '/x' },
  action: 'apply it',
  isRepeatable,
  isDryRun,
});
const status = (code: number, reason: string, message = 'why') => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', code, reason, message }),
});

describe('createClient', () => {
  const table: readonly {
    readonly name: string;
    readonly script: readonly (Partial<ApiAnswer> | string)[];
    readonly repeatable?: boolean;
    readonly sent: number;
    readonly code?: string;
  }[] = [
    { name: 'success at once', script: [{}], sent: 1 },
    { name: 'a reset, then success', script: ['ECONNRESET', {}], sent: 2 },
    {
      name: 'a reset of what must not be repeated',
      script: ['ECONNRESET', {}],
      repeatable: false,
      sent: 1,
      code: 'E_API_UNREACHABLE',
    },
    {
      name: 'a refused connection of what must not be repeated',
      script: ['ECONNREFUSED', {}],
      repeatable: false,
      sent: 2,
    },
    { name: 'nobody there', script: ['ECONNREFUSED'], sent: 3, code: 'E_API_UNREACHABLE' },
    {
      name: 'a certificate nobody trusts',
      script: ['DEPTH_ZERO_SELF_SIGNED_CERT'],
      sent: 1,
      code: 'E_API_UNREACHABLE',
    },
    { name: '429 of what must not be repeated', script: [{ status: 429 }, {}], repeatable: false, sent: 2 },
    { name: '429 for ever', script: [{ status: 429 }], sent: 3, code: 'E_API_BUSY' },
    { name: '500, then success', script: [{ status: 500 }, {}], sent: 2 },
    {
      name: '500 of what must not be repeated',
      script: [{ status: 500 }, {}],
      repeatable: false,
      sent: 1,
      code: 'E_API_UNREACHABLE',
    },
    { name: '504 for ever', script: [{ status: 504 }], sent: 3, code: 'E_API_SERVER' },
    {
      name: 'a bare 500 about types',
      script: [status(500, '', 'failed to create typed patch object (x): no')],
      sent: 1,
      code: 'E_API_INVALID',
    },
    { name: '401', script: [status(401, 'Unauthorized')], sent: 1, code: 'E_API_UNAUTHORIZED' },
    { name: '403', script: [status(403, 'Forbidden')], sent: 1, code: 'E_API_FORBIDDEN' },
    { name: '404', script: [status(404, 'NotFound')], sent: 1, code: 'E_API_NOT_FOUND' },
    { name: '409', script: [status(409, 'AlreadyExists')], sent: 1, code: 'E_API_CONFLICT' },
    {
      name: '409 of an object changed meanwhile',
      script: [status(409, 'Conflict', 'the object has been modified'), {}],
      sent: 2,
    },
    { name: '410', script: [status(410, 'Expired')], sent: 1, code: 'E_API_GONE' },
    { name: '422', script: [status(422, 'Invalid')], sent: 1, code: 'E_API_INVALID' },
    { name: 'an answer cut short', script: [{ body: '{"a": ' }, {}], sent: 2 },
    { name: 'answers always cut short', script: [{ body: '{"a": ' }], sent: 3, code: 'E_API_ANSWER' },
  ];
  it.each(table)('$name', async ({ script, repeatable = true, sent, code }) => {
    const { client, ctx, sent: count } = scripted(...script);
    const outcome = await client.send(call(repeatable), ctx).then(
      () => undefined,
      (error: unknown) => (error instanceof ForgeError ? error.code : error),
    );
    expect(outcome).toBe(code);
    expect(count()).toBe(sent);
  });

  it('waits twice as long each time up to the limit, and as long as the server asks', async () => {
    const { client, ctx, slept } = scripted({ status: 500 });
    await client.send(call(true), ctx).catch(() => undefined);
    expect(slept).toEqual([100, 150]);
    const asked = scripted({ status: 429, retryAfter: '3' }, { status: 429, retryAfter: '9999' }, {});
    await asked.client.send(call(true), asked.ctx);
    expect(asked.slept).toEqual([3000, 60_000]);
  });

  it('counts every try, and dry runs not as mutations', async () => {
    const { client, ctx } = scripted({ status: 500 }, {});
    await client.send(call(true), ctx);
    await client.send(call(true, true), ctx);
    expect(client.requests()).toEqual({ mutating: 2, byVerb: { apply: 3 } });
  });

  it('tells what the server said, with causes, and keeps the status', async () => {
    const causes = [{ reason: 'FieldValueInvalid', field: 'spec.a', message: 'must be b' }];
    const { client, ctx } = scripted({
      status: 422,
      body: JSON.stringify({ reason: 'Invalid', message: 'no', details: { causes } }),
    });
    const error: unknown = await client.send(call(true), ctx).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      problem: { what: 'cannot apply it: no', why: 'https://k8s answered 422 Invalid; spec.a: must be b' },
    });
    expect(statusOf(error)).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it('groups an apply conflict by manager', async () => {
    const conflict = (manager: string, field: string) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${manager}" using apps/v1`,
      field,
    });
    const causes = [conflict('kubectl', '.spec.replicas'), conflict('hpa', '.spec.a'), conflict('kubectl', '.spec.b')];
    const { client, ctx } = scripted({
      status: 409,
      body: JSON.stringify({ reason: 'Conflict', message: 'Apply failed', details: { causes } }),
    });
    await expect(client.send(call(true), ctx)).rejects.toMatchObject({
      code: 'E_APPLY_CONFLICT',
      problem: { what: 'cannot apply it: "kubectl" owns .spec.replicas, .spec.b; "hpa" owns .spec.a' },
    });
  });
});
