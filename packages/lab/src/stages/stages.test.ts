import { expect, test } from 'vitest';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { fieldAt } from '@cluster-forge/kube/object';
import { kwokConfiguration } from './stages.ts';

async function stage(name: string, readyAfterMs?: number) {
  const text = await kwokConfiguration(readyAfterMs === undefined ? {} : { readyAfterMs });
  // The settings come first and have no name.
  return readManifests(text.slice(text.indexOf('---\n')), 'kwok.yaml').find(
    ({ id }) => id.kind === 'Stage' && id.name === name,
  )?.object;
}

test('every stage is read, once', async () => {
  const text = await kwokConfiguration();
  const names = readManifests(text.slice(text.indexOf('---\n')), 'kwok.yaml').map(({ id }) => id.name);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toEqual(
    expect.arrayContaining([
      'node-heartbeat',
      'pod-start',
      'pod-ready',
      'pod-complete',
      'pod-delete',
      'claim-provision',
      'load-balancer-address',
    ]),
  );
});

test.each([
  [undefined, '"0s"', 0],
  [0, '"0s"', 0],
  [1500, '"1500ms"', 1500],
])('a delay of %j reaches both stages it concerns', async (readyAfterMs, text, expected) => {
  expect(JSON.stringify(await stage('pod-start', readyAfterMs))).toContain(
    `ready-after\\") ${JSON.stringify(text).slice(1, -1)}`,
  );
  expect(fieldAt(await stage('pod-ready', readyAfterMs), 'spec', 'delay', 'durationMilliseconds')).toBe(expected);
  expect(fieldAt(await stage('pod-complete', readyAfterMs), 'spec', 'delay', 'durationMilliseconds')).toBe(1000);
});
