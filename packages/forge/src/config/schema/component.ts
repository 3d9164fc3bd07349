import { z } from 'zod';
import { apiVersion, condition, gate, metadata, name, text, values } from './common.ts';
import { paramDeclarations } from './params.ts';

/** Exactly one of `keys` must be present; written as a refinement so that a misspelt key is reported as such. */
function exactlyOne<T extends Record<string, unknown>>(keys: readonly (keyof T & string)[]) {
  const message = `must have exactly one of: ${keys.join(', ')}`;
  return [(value: T) => keys.filter((key) => value[key] !== undefined).length === 1, message] as const;
}

const sha256 = z.string().regex(/^(?:sha256:)?[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

const helm = z.strictObject({
  chart: text.describe('oci://host/path/chart, a chart name together with repository, or a relative folder.'),
  repository: text.optional().describe('https:// location of the index; not for OCI and folders.'),
  version: text.optional().describe('Exact version. Default: the version of the component.'),
  release: text.optional().describe('Release name. Default: the name of the component.'),
  values: text
    .optional()
    .describe('File with base values for this chart, relative to component.yaml. values.yaml is always read.'),
  valuesKey: text.optional().describe('The part of the values that this chart gets. Default: all.'),
  includeCrds: z.boolean().optional().describe('Default true.'),
});

const manifest = z
  .strictObject({ url: text.optional(), file: text.optional(), sha256: sha256.optional() })
  .refine(...exactlyOne<{ url?: unknown; file?: unknown }>(['url', 'file']));

const files = z.strictObject({
  directory: text,
  include: z.array(text).min(1).optional().describe('Glob patterns. Default: YAML and JSON files.'),
});
const template = z.strictObject({ directory: text });

const kustomize = z
  .strictObject({
    directory: text.optional(),
    git: z
      .strictObject({
        url: text,
        commit: z.string().regex(/^[0-9a-f]{40}$/, 'must be a full commit, 40 hexadecimal digits'),
        path: text.optional().describe('Folder of the kustomization in the repository. Default: its root.'),
      })
      .optional(),
  })
  .refine(...exactlyOne<{ directory?: unknown; git?: unknown }>(['directory', 'git']));

const sourceKinds = ['helm', 'manifest', 'files', 'template', 'kustomize'] as const;

const source = z
  .strictObject({
    helm: helm.optional(),
    manifest: z.union([text, manifest]).optional().describe('URL or file with manifests, .gz too.'),
    files: z.union([text, files]).optional().describe('Folder with manifests, used as they are.'),
    template: z.union([text, template]).optional().describe('Folder with manifests that hold ${{ expressions }}.'),
    kustomize: z.union([text, kustomize]).optional().describe('Folder or git commit with a kustomization.'),
    when: condition.optional(),
  })
  .refine(...exactlyOne<Partial<Record<(typeof sourceKinds)[number], unknown>>>(sourceKinds));

const requirement = z
  .strictObject({
    capability: name.optional(),
    component: name.optional(),
    crd: text.optional().describe('Name of a CustomResourceDefinition, such as certificates.cert-manager.io.'),
    when: condition.optional(),
  })
  .refine(
    ...exactlyOne<{ capability?: unknown; component?: unknown; crd?: unknown }>(['capability', 'component', 'crd']),
  );

const provision = z
  .strictObject({ capability: name.optional(), crd: text.optional(), when: condition.optional() })
  .refine(...exactlyOne<{ capability?: unknown; crd?: unknown }>(['capability', 'crd']));

const secretKey = z
  .strictObject({
    generate: z.enum(['password', 'uuid', 'rsa', 'ed25519']).optional(),
    length: z.int().min(8).max(1024).optional().describe('Characters of a password. Default 32.'),
    alphabet: z
      .enum(['alphanumeric', 'hex', 'base64url'])
      .optional()
      .describe('Characters of a password. Default alphanumeric.'),
    value: z.string().optional().describe('A value that is no secret, such as a user name.'),
    template: z.string().optional().describe('Text with ${{ keys.other }} for values of the same Secret.'),
  })
  .refine(...exactlyOne<{ generate?: unknown; value?: unknown; template?: unknown }>(['generate', 'value', 'template']))
  .refine(
    ({ generate, length, alphabet }) => generate === 'password' || (length === undefined && alphabet === undefined),
    {
      error: 'length and alphabet belong to generate: password',
    },
  );

const secret = z.strictObject({
  type: text.optional().describe('Type of the Kubernetes Secret. Default Opaque.'),
  namespace: text.optional().describe("Default: the component's namespace."),
  when: condition.optional(),
  keys: z.record(z.string().regex(/^[-._A-Za-z0-9]+$/, 'must be letters, digits, -, _ and .'), secretKey),
});

/** `catalog/<name>/component.yaml`. */
export const componentFile = z
  .strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Component'),
    metadata: metadata.extend({
      category: text.describe('Group and subgroup such as core/security.'),
      title: text.describe('One line for people.'),
      license: text.describe('SPDX expression of the software that is installed.'),
    }),
    spec: z.strictObject({
      version: text,
      namespace: text,
      namespaceLabels: z
        .record(z.string(), z.string())
        .nullable()
        .optional()
        .describe(
          'Labels of the namespace. forge creates it unless a source brings it; null: it exists already and is left alone.',
        ),
      sources: z.array(source),
      requires: z.array(requirement).optional(),
      provides: z.array(provision).optional(),
      params: paramDeclarations.optional(),
      values: values.optional().describe('Default values; values.yaml beside this file is the other place for them.'),
      sizes: z.record(name, z.strictObject({ values: values.optional(), gate: gate.optional() })).optional(),
      secrets: z
        .record(name, secret)
        .optional()
        .describe('Secrets made once in the cluster; values never enter files.'),
      gate: gate.optional(),
    }),
  })
  .describe('One unit of the catalog.');

export type ComponentFile = z.infer<typeof componentFile>;
export type SourceEntry = ComponentFile['spec']['sources'][number];
export type SecretEntry = NonNullable<ComponentFile['spec']['secrets']>[string];
