import { expect, test } from 'vitest';
import { labDirectory } from '../directory.ts';
import { controlPlaneTools, programOf } from './programs.ts';

const plan = {
  directory: labDirectory('/s', 'demo'),
  dataDirectory: '/d',
  port: 4321,
  tools: {
    etcd: '/t/etcd',
    'kube-apiserver': '/t/api',
    'kube-controller-manager': '/t/cm',
    'kube-scheduler': '/t/sched',
    kwok: '/t/kwok',
  },
  stageFile: '/s/labs/demo/kwok.yaml',
} as const;

test.each(controlPlaneTools)(
  '%s is reachable from this computer only, and from this user only where it has no authentication',
  (tool) => {
    const { args } = programOf(tool, plan);
    const listens = args.filter((arg) => /^--(listen-.*-urls|bind-address|secure-port|server-address)=/.test(arg));
    const allowed = {
      etcd: /=unix:/,
      'kube-apiserver': /=(127\.0\.0\.1|4321)$/,
      'kube-controller-manager': /=0$/,
      'kube-scheduler': /=0$/,
      kwok: /never/,
    }[tool];
    for (const arg of listens) expect(arg).toMatch(allowed);
  },
);

test('no secret is on a command line', () => {
  for (const tool of controlPlaneTools) expect(programOf(tool, plan).args.join(' ')).not.toMatch(/BEGIN|token=/);
});

test('each program logs to a file of its own in the lab', () => {
  expect(controlPlaneTools.map((tool) => programOf(tool, plan).logFile)).toEqual(
    controlPlaneTools.map((tool) => `/s/labs/demo/logs/${tool}.log`),
  );
});
