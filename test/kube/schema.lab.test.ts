import { describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '@cluster-forge/kube/object';
import { builtinDialect, builtinKind } from '@cluster-forge/kube/schema/builtin';
import { validate } from '@cluster-forge/kube/schema/validate';
import { apiClient, type ApiCall } from '../../scripts/api-client.ts';
import { corpus } from './schema-corpus.ts';

/** The API server takes 33-bit numbers into 32-bit fields and wraps them round; we call that an error. */
const STRICTER = / huge$/;

describe('our validator and the API server', () => {
  it('agree on every sample, apart from what only its Go code knows', async () => {
    const call = apiClient(inject('kubeconfig'));
    const differences = await Promise.all(
      corpus().map(async ({ title, object }) => difference(title, object, await verdictOf(call, object))),
    );
    expect(differences.flat()).toEqual([]);
  });
});

interface Verdict {
  readonly accepted: boolean;
  /** Refused before the Go code of the kind saw it: the object does not fit its schema. */
  readonly structural: boolean;
  readonly message: string;
}

async function verdictOf(call: ApiCall, object: KubeObject): Promise<Verdict> {
  const { status, body } = await call(
    'PATCH',
    `${pathOf(object)}?fieldManager=test&dryRun=All&fieldValidation=Strict`,
    JSON.stringify(object),
  );
  return { accepted: status < 300, structural: status >= 300 && status !== 422, message: body };
}

function pathOf(object: KubeObject): string {
  const { apiVersion } = object;
  const kind = builtinKind(apiVersion, object.kind);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${kind?.namespaced === true ? '/namespaces/default' : ''}/${kind?.resource}/${object.metadata.name}`;
}

function difference(title: string, object: KubeObject, server: Verdict): readonly string[] {
  const kind = builtinKind(object.apiVersion, object.kind);
  const violations = kind === undefined ? [] : validate(object, kind.schema, builtinDialect);
  if (server.accepted && violations.length > 0 && !STRICTER.test(title))
    return [`${title}: accepted, but we say ${JSON.stringify(violations)}`];
  if (server.structural && violations.length === 0) return [`${title}: we accept, the server says ${server.message}`];
  return [];
}
