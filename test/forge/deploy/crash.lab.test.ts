import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '@cluster-forge/base';
import { failpoints } from '@cluster-forge/forge/deploy/failpoints';
import { applySetId, partOfLabel, platformLabel, systemNamespace } from '@cluster-forge/forge/deploy/names';
import { listRecords } from '@cluster-forge/forge/deploy/record';
import { testContext } from '../../rig/context.ts';
import { crashParts, type Version } from './crash-parts.ts';
import { deployRig } from './rig.ts';

const rig = deployRig('crash');

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly output: string;
}

/** Runs child.ts; `killAfterMs` sends SIGKILL from outside. */
function child(
  platform: string,
  version: Version,
  env: Readonly<Record<string, string>> = {},
  killAfterMs?: number,
): Promise<Ended> {
  const args = [join(import.meta.dirname, 'child.ts'), rig.lab().kubeconfigPath, rig.directory(), platform, version];
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    process_.stdout.on('data', (data: Buffer) => (output += data.toString()));
    process_.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => process_.kill('SIGKILL'), killAfterMs);
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output });
    });
  });
}

const kinds = [
  ['v1', 'Namespace'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['apps/v1', 'Deployment'],
  ['batch/v1', 'Job'],
] as const;

/** Everything of a platform, without what differs between two runs that did the same: times, identities, status, the platform's name. */
async function dump(platform: string): Promise<readonly string[]> {
  const ctx = testContext();
  const cluster = rig.cluster();
  const members = await Promise.all(
    kinds.map(([apiVersion, kind]) =>
      cluster.list({ apiVersion, kind, labelSelector: `${partOfLabel}=${applySetId(platform)}` }, ctx),
    ),
  );
  const own = await cluster.list(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: systemNamespace, labelSelector: `${platformLabel}=${platform}` },
    ctx,
  );
  const records = (await listRecords(platform, cluster, ctx)).map(({ number, outcome, members: list, who }) => ({
    number,
    outcome,
    who,
    keys: list.map(({ id }) => id.name.replace(platform, 'P')).sort(),
  }));
  const inventory = own.items.filter(({ metadata }) => metadata.name === `forge-${platform}`);
  const texts = [...members.flatMap(({ items }) => items), ...inventory].map((object) =>
    JSON.stringify(normal(object)),
  );
  return [...texts, JSON.stringify(records)]
    .map((text) =>
      text
        .replaceAll(applySetId(platform), 'SET')
        .replaceAll(platform, 'P')
        .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST'),
    )
    .sort();
}

const volatile = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'status',
  'generation',
  'clusterIP',
  'clusterIPs',
  'selector',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'deployment.kubernetes.io/revision',
]);

function normal(value: Json, key = ''): Json {
  // Generated values differ between platforms; that they do not change is asserted on its own.
  if (key === 'data' && isObject(value) && 'password' in value) return Object.keys(value).sort();
  if (Array.isArray(value)) return value.map((item: Json) => normal(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !volatile.has(name));
  return Object.fromEntries(
    entries.map(([name, item]): [string, Json] => [name, normal(item, name)]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const secretOf = async (platform: string) => (await rig.get('v1', 'Secret', 'made', platform))?.['data'];

let reference: Promise<readonly string[]> | undefined;
/** What two uninterrupted deploys leave. */
function expected(): Promise<readonly string[]> {
  reference ??= (async () => {
    for (const version of ['before', 'after'] as const) {
      const { code, output } = await child('reference', version);
      expect({ code, output }).toMatchObject({ code: 0 });
    }
    return dump('reference');
  })();
  return reference;
}

async function killAndRepeat(platform: string, kill: () => Promise<Ended>): Promise<Ended> {
  const wanted = await expected();
  await rig.run(platform, crashParts(platform, 'before'), { who: 'tester' });
  const killed = await kill();
  const secret = await secretOf(platform);
  const again = await child(platform, 'after');
  expect(again).toMatchObject({ code: 0 });
  expect(await dump(platform)).toEqual(wanted);
  expect(secret ?? (await secretOf(platform))).toEqual(await secretOf(platform));
  const third = await child(platform, 'after');
  expect(third.output).toContain('"outcome":"unchanged"');
  return killed;
}

describe.concurrent('a deploy that is killed', () => {
  it.each(failpoints.names.map((name, index) => ({ name, index })))(
    'at $name converges with the same command',
    { timeout: 300_000 },
    async ({ name, index }) => {
      const killed = await killAndRepeat(`crash-${index}`, () =>
        child(`crash-${index}`, 'after', { FORGE_FAILPOINTS: `${name}=kill` }),
      );
      expect(killed.signal, `${name} was not reached`).toBe('SIGKILL');
    },
  );

  it.each(Array.from({ length: 10 }, (_, index) => index))(
    'at a random moment converges with the same command (%i)',
    { timeout: 300_000 },
    async (index) => {
      const moment = 300 + Math.random() * 2_500;
      const { output } = await killAndRepeat(`random-${index}`, () => child(`random-${index}`, 'after', {}, moment));
      expect(output, `killed after ${moment} ms`).not.toContain('"severity":"error"');
    },
  );
});
