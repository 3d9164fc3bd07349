import ipaddr from 'ipaddr.js';

/** Azure hands out instance credentials on this address, which no registry lists as special. */
const metadataAddresses: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * True for addresses of the public Internet. Everything that IANA's special-purpose registries set aside is not: loopback, link-local and metadata, private,
 * carrier-grade NAT, documentation, benchmarks, multicast, mapped and tunnelled forms. NAT64 (64:ff9b::/96) counts as the IPv4 address inside, because
 * IPv6-only networks reach the Internet that way.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4)
    return address.range() === 'unicast' && !metadataAddresses.has(address.toString());
  const [first = 0] = address.parts;
  if (address.range() === 'rfc6052') return isWellKnownNat64(address.parts) && isPublicAddress(embedded(address.parts));
  return address.range() === 'unicast' && isGlobalUnicast(first);
}

/** 2000::/3 is the only block that IANA has given out for global unicast. */
function isGlobalUnicast(first: number): boolean {
  return first >> 13 === 1;
}

function isWellKnownNat64(parts: readonly number[]): boolean {
  return parts.slice(0, 6).every((part, index) => part === [0x64, 0xff9b, 0, 0, 0, 0][index]);
}

function embedded(parts: readonly number[]): string {
  return parts
    .slice(6)
    .flatMap((part) => [part >> 8, part & 0xff])
    .join('.');
}
