import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface TestServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Serves on a free loopback port. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, origin: string) => void,
): Promise<TestServer> {
  const requests: string[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response, origin);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  origin = `http://127.0.0.1:${address.port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, requests, close };
}

/** Answers from a table of paths; 404 for the rest. */
export function serveFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<TestServer> {
  return serve((request, response) => {
    const body = files[request.url ?? ''];
    if (body === undefined) response.writeHead(404).end('not found');
    else response.end(body);
  });
}
