import type { TestProject } from 'vitest/node';
import { privateLab } from './lab.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Kubeconfig of the lab that all test files of one run share. Tests take a namespace of their own in it, and leave no cluster-scoped object behind. */
    readonly kubeconfig: string;
  }
}

/** One control plane for a whole run of the `lab` project; returns what ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { lab, end } = await privateLab({ name: 'shared' });
  project.provide('kubeconfig', lab.kubeconfigPath);
  return end;
}
