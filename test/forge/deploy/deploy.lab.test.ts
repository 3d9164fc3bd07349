import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import type { Deployment, DeployOptions } from '@cluster-forge/forge/deploy/deployment';
import type { Release } from '@cluster-forge/forge/plan/release';
import { testContext } from '../../rig/context.ts';
import { privateLab, type PrivateLab } from '../../rig/lab.ts';
import { releaseOf, type Part } from './release.ts';

let rig: PrivateLab;
let directory = '';
beforeAll(async () => {
  [rig, directory] = await Promise.all([privateLab({ name: 'deploy' }), mkdtemp(join(tmpdir(), 'forge-deploy-'))]);
});
afterAll(async () => {
  await rig?.end();
  await rm(directory, { recursive: true, force: true });
});

const run = (release: Release, options: DeployOptions = {}): Promise<Deployment> =>
  deploy(release, { cluster: rig.lab.cluster, adapt: rig.lab.adapt }, options, testContext());

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n---\n`;
const deployment = (space: string, name: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${space}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: example/app:1${more}}]}
---
`;

const simple = (space: string): Readonly<Record<string, Part>> => ({
  base: { yaml: namespace(space) + deployment(space, 'db') },
  app: { yaml: deployment(space, 'web'), needs: ['base'] },
});

describe('a deploy', () => {
  it('brings components up in order, and the second one sends nothing', async () => {
    const release = releaseOf('simple', directory, simple('simple'));
    const first = await run(release);
    expect(first.problems).toEqual([]);
    expect(first.outcome).toBe('succeeded');
    expect(first.components.map(({ state }) => state)).toEqual(['ready', 'ready']);
    const times = new Map(first.objects.map((object) => [object.id, object]));
    expect(times.get('Deployment.apps/simple/web')?.beganMs).toBeGreaterThanOrEqual(
      times.get('Deployment.apps/simple/db')?.readyMs ?? Infinity,
    );
    const second = await run(release);
    expect(second).toMatchObject({ outcome: 'unchanged', release: 1, problems: [], requests: { mutating: 0 } });
  });
});
