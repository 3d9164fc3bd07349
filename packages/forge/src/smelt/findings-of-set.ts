import type { Diagnostic } from '@cluster-forge/base';
import { objectKey, printObject } from '@cluster-forge/kube/object';
import type { Component } from '../config/platform.ts';
import { smeltErrors } from './errors.ts';
import { sourceAnnotation, type FinishedObject } from './finish.ts';
import type { FinishedComponent } from './own-namespaces.ts';
import { kindKey, type Scopes } from './scope.ts';

interface Maker {
  readonly component: Component;
  readonly object: FinishedObject;
}

/** An E_SMELT_COLLISION for each object that is made twice, by two components or by one, whatever version it is written in. */
export function findCollisions(finished: readonly FinishedComponent[]): readonly Diagnostic[] {
  const makers = new Map<string, Maker>();
  return finished.flatMap(({ component, objects }) =>
    objects
      .filter(({ placement }) => placement.kind === 'apply')
      .flatMap((object): readonly Diagnostic[] => {
        const key = objectKey(object.manifest.id);
        const first = makers.get(key);
        if (first !== undefined) return [collision(first, { component, object })];
        makers.set(key, { component, object });
        return [];
      }),
  );
}

function collision(first: Maker, second: Maker): Diagnostic {
  const isSame = first.component.name === second.component.name;
  const whose = isSame
    ? `component ${first.component.name} makes it twice`
    : `components ${first.component.name} and ${second.component.name} both make it`;
  return smeltErrors.E_SMELT_COLLISION.diagnostic({
    what: `${printObject(second.object.manifest.id)} is made twice`,
    why: `${whose}: ${placeOf(first.object)} and ${placeOf(second.object)}`,
    where: sourceWhere(second),
    related: [sourceWhere(first)],
    fix: isSame
      ? 'remove one of the two, or give one of them another name'
      : 'disable it in the values of one component, or give one of them another name or namespace',
  });
}

function placeOf({ manifest }: FinishedObject): string {
  return manifest.annotations[sourceAnnotation] ?? 'an unknown place';
}

function sourceWhere({ component, object }: Maker) {
  const id = placeOf(object).split(':', 1)[0];
  return component.sources.find((source) => source.id === id)?.where ?? component.where;
}

/** An E_SMELT_UNKNOWN_KIND warning for each kind of a component whose scope nothing tells. */
export function findUnknownKinds({ component, objects }: FinishedComponent, scopes: Scopes): readonly Diagnostic[] {
  const unknown = new Map<string, FinishedObject>();
  for (const object of objects) {
    const kind = kindKey(object.manifest.id);
    if (object.placement.kind === 'apply' && !scopes.has(kind) && !unknown.has(kind)) unknown.set(kind, object);
  }
  return [...unknown].map(([kind, object]) =>
    smeltErrors.E_SMELT_UNKNOWN_KIND.warning({
      what: `component ${component.name} uses the kind ${kind}, which nothing in the platform defines`,
      why: `${printObject(object.manifest.id)} from ${placeOf(object)} is taken as namespaced`,
      where: sourceWhere({ component, object }),
      fix: 'add the component that brings its CustomResourceDefinition',
    }),
  );
}
