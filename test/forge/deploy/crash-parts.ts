import { configMap, deployment, job, namespace } from './manifests.ts';
import type { Part } from './release.ts';

/** Names of the platforms and namespaces of crash tests: one for each point where a deploy is killed. */
export type Version = 'before' | 'after';

const service = (space: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: goes, namespace: ${space}}\nspec: {ports: [{port: 80}]}\n---\n`;
const account = (space: string) =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: comes, namespace: ${space}}\n---\n`;

/** Two versions whose difference makes a deploy do everything it can do: apply, create a secret, run a hook again, prune, change the inventory. */
export function crashParts(space: string, version: Version): Readonly<Record<string, Part>> {
  const isAfter = version === 'after';
  const secret = {
    name: 'made',
    namespace: space,
    keys: {
      password: { generate: 'password', length: 20, alphabet: 'alphanumeric' },
      url: { template: 'x://${{ keys.password }}' },
    },
  } as const;
  return {
    base: {
      yaml:
        namespace(space) +
        configMap(space, 'changes', isAfter ? 'b' : 'a') +
        (isAfter ? account(space) : service(space)),
      hooks: { pre: job(space, 'migrate', isAfter ? 'two' : 'one') },
      secrets: isAfter ? [secret] : [],
    },
    app: { yaml: deployment(space, 'web', { image: `example/app:${isAfter ? 2 : 1}` }), needs: ['base'] },
  };
}
