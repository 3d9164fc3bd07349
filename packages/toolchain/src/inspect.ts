import type { Context } from '@cluster-forge/base';
import { find } from './find.ts';
import { findGo } from './go.ts';
import type { Pin, PinnedTool } from './pin.ts';
import { downloadOf } from './places/download.ts';
import { wantedVersion } from './places/path.ts';
import type { Place, Refusal, ToolReport } from './tool.ts';
import type { Workshop } from './workshop.ts';

/** Says of every program where it is, or what each place answers and which one would provide it. Nothing is downloaded or built. */
export function inspect(shop: Workshop, ctx: Context): Promise<readonly ToolReport[]> {
  return Promise.all(shop.pins.map((pin) => report(pin, shop, ctx)));
}

async function report(pin: Pin, shop: Workshop, ctx: Context): Promise<ToolReport> {
  const found = await find(pin, shop, ctx);
  const known = { name: pin.name, wanted: wantedVersion(pin) };
  if (found.tool !== undefined) return { ...known, found: found.tool, refusals: found.refusals, provider: undefined };
  const later = pin.kind === 'pinned' ? await providers(pin, shop, ctx) : [];
  return {
    ...known,
    found: undefined,
    refusals: [...found.refusals, ...later.flatMap(({ refusal }) => refusal ?? [])],
    provider: later.find(({ refusal }) => refusal === undefined)?.place,
  };
}

async function providers(
  pin: PinnedTool,
  shop: Workshop,
  ctx: Context,
): Promise<readonly { readonly place: Place; readonly refusal: Refusal | undefined }[]> {
  const download = downloadOf(pin, shop);
  const go = await findGo(pin.build.folder, shop, ctx);
  return [
    { place: 'download', refusal: 'reason' in download ? download : undefined },
    { place: 'build', refusal: typeof go === 'string' ? { place: 'build', reason: go } : undefined },
  ];
}
