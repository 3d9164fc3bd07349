import type { Context } from '@cluster-forge/base';
import { fromExplicit } from './places/explicit.ts';
import { fromPath } from './places/path.ts';
import { fromStore } from './places/store.ts';
import type { Pin } from './pin.ts';
import type { Refusal, Tool } from './tool.ts';
import type { Workshop } from './workshop.ts';

/** The program, if some place has it, and what the places before said. */
export interface Found {
  readonly tool: Tool | undefined;
  readonly refusals: readonly Refusal[];
}

type Asked = (pin: Pin, shop: Workshop, ctx: Context) => Promise<Tool | Refusal>;

const present: readonly Asked[] = [
  fromExplicit,
  fromPath,
  async (pin, shop) =>
    pin.kind === 'pinned' ? fromStore(pin, shop) : { place: 'store', reason: 'comes from the system' },
];

/** Looks where programs are already: named explicitly, on PATH, in the store. */
export async function find(pin: Pin, shop: Workshop, ctx: Context): Promise<Found> {
  const refusals: Refusal[] = [];
  for (const ask of present) {
    const answer = await ask(pin, shop, ctx);
    if (!('reason' in answer)) return { tool: answer, refusals };
    refusals.push(answer);
  }
  return { tool: undefined, refusals };
}
