import { digestOf } from '@cluster-forge/base/hash';
import type { Component, Gate, Platform, SecretSpec } from '@cluster-forge/forge/config/platform';
import { plan } from '@cluster-forge/forge/plan/plan';
import { release, type Release } from '@cluster-forge/forge/plan/release';
import type { Rendered } from '@cluster-forge/forge/smelt/rendered';
import type { HealthRule } from '@cluster-forge/kube/health/verdict';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';

/** One component as tests write it: YAML documents, and what differs from an ordinary component. */
export interface Part {
  readonly yaml?: string;
  readonly hooks?: { readonly pre?: string; readonly post?: string };
  readonly needs?: readonly string[];
  readonly secrets?: readonly Omit<SecretSpec, 'where' | 'type'>[];
  readonly health?: readonly HealthRule[];
  readonly gate?: Partial<Gate>;
}

/** A release made of text, planned like any other. Throws when the plan has problems. */
export function releaseOf(name: string, directory: string, parts: Readonly<Record<string, Part>>): Release {
  const platform = platformOf(name, directory, parts);
  const rendered = Object.entries(parts).map(([component, part]) => renderedOf(component, part));
  const graph = plan(platform, rendered);
  if (!graph.ok) throw new Error(JSON.stringify(graph.failure, undefined, 1));
  return release(platform, { version: 1, sources: [] }, rendered, graph.value);
}

function platformOf(name: string, directory: string, parts: Readonly<Record<string, Part>>): Platform {
  const components = Object.entries(parts).map(([component, part]) => componentOf(component, part));
  return { name, directory, params: {}, components, providers: {}, origins: new Map() };
}

function componentOf(name: string, part: Part): Component {
  const where = { file: `${name}/component.yaml` };
  return {
    name,
    directory: name,
    version: 'v1',
    category: 'test',
    title: name,
    namespace: 'default',
    sources: [],
    values: {},
    requires: (part.needs ?? []).map((component) => ({ component, reason: `component ${component}` })),
    provides: [],
    secrets: (part.secrets ?? []).map((secret) => ({ type: 'Opaque', where, ...secret })),
    health: part.health ?? [],
    simulate: [],
    gate: { timeoutMs: 60_000, settleMs: 0, ...part.gate },
    where,
  };
}

function renderedOf(component: string, { yaml = '', hooks = {} }: Part): Rendered {
  const phases = [
    ['pre', hooks.pre ?? ''],
    ['main', yaml],
    ['post', hooks.post ?? ''],
  ] as const;
  const objects = phases.flatMap(([phase, text]) =>
    readManifests(text, `${component}.yaml`).map((manifest) => ({
      manifest,
      phase,
      weight: 0,
      file: `/working/${component}/${manifest.id.name}.yaml`,
    })),
  );
  return { component, fingerprint: digestOf(yaml), objects, withheld: [], cached: false };
}
