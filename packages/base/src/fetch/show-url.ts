/** Names of query parameters whose values are secrets: presigned object store URLs, access tokens. */
const secretParameter = /sig|token|secret|key|password|credential|auth|session/i;

/** A URL as it may appear in output: no user information, no fragment, values of secret query parameters replaced. */
export function showUrl(url: URL | string): string {
  const shown = parseUrl(url);
  if (shown === undefined)
    return String(url)
      .replace(/\/\/[^/@]*@/, '//')
      .replace(/\?.*$/s, '?...');
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  const parameters = [...shown.searchParams].map(([name, value]) => [name, secretParameter.test(name) ? '***' : value]);
  if (parameters.length > 0) shown.search = parameters.map((pair) => pair.join('=')).join('&');
  return shown.href;
}

function parseUrl(url: URL | string): URL | undefined {
  return URL.canParse(String(url)) ? new URL(url) : undefined;
}
