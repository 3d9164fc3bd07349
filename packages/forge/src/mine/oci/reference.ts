import type { Where } from '@cluster-forge/base';
import { mineErrors } from '../errors.ts';

/** Where a chart lies in a registry. */
export interface Reference {
  /** As written, without a trailing slash: `oci://host/path/chart`. */
  readonly text: string;
  /** Host with port: the key of its credentials. */
  readonly host: string;
  /** `https://host`; plain HTTP on this computer only, as container tools do. */
  readonly origin: string;
  /** Path in the registry, such as `charts/cert-manager`. */
  readonly repository: string;
  /** Last part of the path: the chart's name. */
  readonly chart: string;
}

/** The grammar of names is that of the OCI distribution specification 1.1. */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Reads `oci://host[:port]/path/chart`. Throws E_MINE_REGISTRY for anything else, tags and digests included. */
export function parseReference(text: string, where: Where): Reference {
  const plain = text.replace(/\/+$/, '');
  const [host = '', ...path] = plain.slice('oci://'.length).split('/');
  const chart = path.at(-1);
  const isHost = /^[A-Za-z0-9.-]+(?::\d+)?$|^\[[0-9a-f:]+\](?::\d+)?$/.test(host);
  if (!isHost || chart === undefined || !path.every((part) => component.test(part))) throw malformed(text, where);
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
  return { text: plain, host, origin: `${isLocal ? 'http' : 'https'}://${host}`, repository: path.join('/'), chart };
}

function malformed(text: string, where: Where): Error {
  return mineErrors.E_MINE_REGISTRY({
    what: `${JSON.stringify(text)} is not an address of a chart in a registry`,
    why: 'it should be oci://HOST/PATH/CHART in lower case, without a tag or digest',
    where,
    fix: 'put the version into `version:`',
  });
}
