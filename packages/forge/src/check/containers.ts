import type { Json } from '@cluster-forge/base';
import { POD_PATHS } from '../objects/references/pod.ts';
import { listAt } from '../objects/references/reference.ts';
import type { Member } from '../objects/set.ts';

/** All containers of a workload, with their paths; none for other objects. */
export function containersOf(member: Member): readonly { readonly container: Json; readonly path: string }[] {
  const pod = POD_PATHS[member.kind];
  if (pod === undefined) return [];
  return ['initContainers', 'containers'].flatMap((list) =>
    listAt(member.manifest.object, ...pod, 'spec', list).map((container, index) => ({
      container,
      path: [...pod, 'spec', `${list}[${index}]`].join('.'),
    })),
  );
}
