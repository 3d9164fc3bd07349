import { runTask, type Context } from '@cluster-forge/base';
import type { KubeObject } from '@cluster-forge/kube/object';
import type { Probe } from '../control-plane/probe.ts';
import { labErrors } from '../errors.ts';

/** Registers nodes as kubelets do, status included, in one request each. Throws E_LAB_NODES with what the API server said to the first it refused. */
export async function registerNodes(nodes: readonly KubeObject[], probe: Probe, ctx: Context): Promise<void> {
  await runTask({ id: 'lab/nodes', title: `${nodes.length} simulated nodes`, parent: 'lab' }, ctx, async () => {
    const answers = await Promise.all(nodes.map((node) => create(node, '/api/v1/nodes', probe)));
    const refused = answers.find((answer) => answer !== undefined);
    if (refused !== undefined)
      throw labErrors.E_LAB_NODES({ what: 'the API server refuses a simulated node', why: refused });
  });
}

/** Creates an object; undefined when it exists now, else the API server's message. */
export async function create(object: KubeObject, path: string, probe: Probe): Promise<string | undefined> {
  const { status, body } = await probe.post(path, object);
  return status === 201 || status === 409 ? undefined : `${object.kind} ${object.metadata.name}: ${body}`;
}
