/** What reaches the network from here: proxies and certificates, without the user's home or identity. */
export const networkVariables: readonly string[] = [
  'PATH',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** Variables that a program may see of this process unless its caller says otherwise: the network, homes and identity. */
export const commonVariables: readonly string[] = [
  ...networkVariables,
  'HOME',
  'USER',
  'LOGNAME',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
];

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Environment of a child: the variables named in `inherit` as `own` has them, then `extra` on top. Messages are read by us, so the locale is
 * always `C.UTF-8`; time zones must not change output, so none is passed unless asked for.
 */
export function childEnvironment(
  own: Environment,
  inherit: readonly string[] = commonVariables,
  extra: Environment = {},
): Record<string, string> {
  const inherited = Object.fromEntries(inherit.map((name) => [name, own[name]]));
  const all: Environment = { ...inherited, LC_ALL: 'C.UTF-8', ...extra };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
