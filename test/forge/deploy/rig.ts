import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import type { Deployment, DeployOptions, ObjectOutcome } from '@cluster-forge/forge/deploy/deployment';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { KubeObject } from '@cluster-forge/kube/object';
import { testContext, type TestContext } from '../../rig/context.ts';
import { privateLab, type PrivateLab } from '../../rig/lab.ts';
import { releaseOf, type Part } from './release.ts';

export type Parts = Readonly<Record<string, Part>>;

/** A lab and a directory for platforms, for the tests of one file. */
export interface DeployRig {
  readonly lab: () => PrivateLab['lab'];
  readonly cluster: () => Cluster;
  readonly directory: () => string;
  run(name: string, parts: Parts, options?: DeployOptions, ctx?: TestContext): Promise<Deployment>;
  get(apiVersion: string, kind: string, name: string, namespace?: string): Promise<KubeObject | undefined>;
}

export function deployRig(name: string): DeployRig {
  let rig: PrivateLab | undefined;
  let directory = '';
  beforeAll(async () => {
    [rig, directory] = await Promise.all([privateLab({ name }), mkdtemp(join(tmpdir(), 'forge-deploy-'))]);
  });
  afterAll(async () => {
    await rig?.end();
    await rm(directory, { recursive: true, force: true });
  });
  const lab = () => {
    if (rig === undefined) throw new Error('the lab has not started');
    return rig.lab;
  };
  return {
    lab,
    cluster: () => lab().cluster,
    directory: () => directory,
    run: (platform, parts, options = {}, ctx = testContext()) =>
      deploy(releaseOf(platform, directory, parts), { cluster: lab().cluster, adapt: lab().adapt }, options, ctx),
    get: (apiVersion, kind, object, namespace) =>
      lab().cluster.get(
        { apiVersion, kind, name: object, ...(namespace === undefined ? {} : { namespace }) },
        testContext(),
      ),
  };
}

/** What was done to each object, by its name. */
export function actions({ objects }: Deployment): Readonly<Record<string, ObjectOutcome['action']>> {
  return Object.fromEntries(objects.map(({ id, action }) => [id.split('/').at(-1) ?? '', action]));
}
