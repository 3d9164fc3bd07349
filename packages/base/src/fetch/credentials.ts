/** What proves who we are to one server, or to a part of it: sent below `prefix` (an http(s) URL) and nowhere else. */
export type Credential =
  | { readonly prefix: string; readonly username: string; readonly password: string }
  | { readonly prefix: string; readonly token: string };

/** The Authorization header for a URL: its own user information first, then the credential with the longest matching prefix. */
export function authorizationFor(url: URL, credentials: readonly Credential[]): string | undefined {
  if (url.username !== '' || url.password !== '')
    return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  const matching = credentials.filter(({ prefix }) => covers(prefix, url));
  const [best] = matching.toSorted((a, b) => b.prefix.length - a.prefix.length);
  if (best === undefined) return undefined;
  return 'token' in best ? `Bearer ${best.token}` : basic(best.username, best.password);
}

function covers(prefix: string, url: URL): boolean {
  if (!URL.canParse(prefix)) return false;
  const base = new URL(prefix);
  const path = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  return base.origin === url.origin && `${url.pathname}/`.startsWith(path);
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
