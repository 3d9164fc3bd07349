import { z } from 'zod';
import { apiVersion, collectionSwitches, components, extendsList, metadata, name, text } from './common.ts';
import { paramValues } from './params.ts';

const overlay = z
  .strictObject({
    params: paramValues.optional(),
    collections: collectionSwitches.optional(),
    components: components.optional(),
  })
  .describe('What is different in one environment. Weaker than the spec beside it.');

const cluster = z.strictObject({
  context: text.optional().describe('Context in the kubeconfig.'),
  kubeconfig: text.optional().describe('Path of the kubeconfig; default: the usual places.'),
  environment: name.optional(),
});

const delivery = z.strictObject({
  engine: z.enum(['argocd', 'flux', 'direct']),
  repository: text.optional().describe('Git repository that the engine reads.'),
  branch: text.optional(),
  path: text.optional().describe('Folder inside the repository.'),
});

/** `platform.yaml`. */
export const platformFile = z
  .strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Platform'),
    metadata,
    spec: z.strictObject({
      extends: extendsList.optional(),
      catalogs: z
        .array(text)
        .optional()
        .describe(
          'More folders with components and stacks, relative to this file. catalog/ beside it needs no mention.',
        ),
      params: paramValues.optional(),
      collections: collectionSwitches.optional(),
      components: components.optional(),
      environments: z.record(name, overlay).optional(),
      clusters: z.record(name, cluster).optional(),
      delivery: delivery.optional(),
    }),
  })
  .describe('What one user wants running.');

export type PlatformFile = z.infer<typeof platformFile>;
