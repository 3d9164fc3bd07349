/** How a server wants to be asked, from its `WWW-Authenticate` header. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads one challenge (RFC 9110, section 11.6.1), such as `Bearer realm="https://auth.example/token",service="registry"`. undefined: another scheme. */
export function parseChallenge(header: string): Challenge | undefined {
  const scheme = /^\s*(\w+)/.exec(header)?.[1]?.toLowerCase();
  if (scheme !== 'basic' && scheme !== 'bearer') return undefined;
  const parameters: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g))
    parameters[name.toLowerCase()] = plain ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1');
  return { scheme, parameters };
}
