import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve, type TestServer } from './serve.ts';

export interface RegistryOptions {
  /** Repository such as `charts/harbour`, to its chart archives by tag. */
  readonly charts: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
  /** When set, a token is given for these credentials only. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Tags per page. */
  readonly pageSize?: number;
  /** Media type of the layers, to play an image that is no chart. */
  readonly layerType?: string;
  /** Lies about blobs. */
  readonly tamper?: boolean;
}

const token = 'token-of-the-test';
const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A registry as the OCI distribution specification 1.1 describes it, for pulling, with token authentication. */
export function ociRegistry(options: RegistryOptions): Promise<TestServer> {
  return serve((request, response, origin) => {
    const url = new URL(request.url ?? '', origin);
    if (url.pathname === '/token') return answerToken(request, response, url, options);
    const match = /^\/v2\/(.+)\/(tags\/list|manifests\/([^/]+)|blobs\/([^/]+))$/.exec(url.pathname);
    const [, repository = '', , tag, blob] = match ?? [];
    const scope = `repository:${repository}:pull`;
    if (request.headers.authorization !== `Bearer ${token}`) {
      const challenge = `Bearer realm="${origin}/token",service="registry.test",scope="${scope}"`;
      return void response
        .writeHead(401, { 'www-authenticate': challenge })
        .end('{"errors":[{"code":"UNAUTHORIZED"}]}');
    }
    const tags = options.charts[repository];
    if (match === null || tags === undefined) return void response.writeHead(404).end();
    if (tag !== undefined) return answerManifest(response, tags[tag], options);
    if (blob !== undefined) return answerBlob(request, response, Object.values(tags), { blob, options });
    return answerTags(response, url, Object.keys(tags).sort(), options.pageSize ?? 100);
  });
}

function answerToken(request: IncomingMessage, response: ServerResponse, url: URL, { user }: RegistryOptions): void {
  const expected =
    user === undefined ? undefined : `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const isAllowed = request.headers.authorization === expected && url.searchParams.get('service') === 'registry.test';
  response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
  response.end(isAllowed ? JSON.stringify({ token, expires_in: 60 }) : '{}');
}

function answerManifest(response: ServerResponse, archive: Uint8Array | undefined, options: RegistryOptions): void {
  if (archive === undefined) return void response.writeHead(404).end();
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf('{}'), size: 2 },
    layers: [
      {
        mediaType: options.layerType ?? 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        digest: digestOf(archive),
        size: archive.byteLength,
      },
    ],
  });
  response.writeHead(200, {
    'content-type': 'application/vnd.oci.image.manifest.v1+json',
    'docker-content-digest': digestOf(manifest),
  });
  response.end(manifest);
}

function answerBlob(
  request: IncomingMessage,
  response: ServerResponse,
  archives: readonly Uint8Array[],
  { blob, options }: { readonly blob: string; readonly options: RegistryOptions },
): void {
  const archive = archives.find((bytes) => digestOf(bytes) === blob);
  if (archive === undefined) return void response.writeHead(404).end();
  const body = options.tamper === true ? Buffer.from(archive).fill(0, 20, 30) : archive;
  response.writeHead(200, { 'content-length': body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function answerTags(response: ServerResponse, url: URL, tags: readonly string[], pageSize: number): void {
  const start = tags.findIndex((tag) => tag > (url.searchParams.get('last') ?? ''));
  const page = start === -1 ? [] : tags.slice(start, start + pageSize);
  const last = page.at(-1);
  const isMore = last !== undefined && start + pageSize < tags.length;
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(isMore ? { link: `<${url.pathname}?n=${pageSize}&last=${last}>; rel="next"` } : {}),
  });
  response.end(JSON.stringify({ tags: page }));
}
