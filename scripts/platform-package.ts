/** Which platform a package is for, as package-lock.json spells it. */
export interface PlatformFields {
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

/** Reads the platform off names such as `@oxlint/binding-linux-x64-musl` or `@oxlint-tsgolint/win32-arm64`; undefined for any other package. */
export function platformOf(name: string): PlatformFields | undefined {
  const match =
    /(?:binding-|\/)(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-([a-z]+))?$/.exec(
      name,
    );
  const [, os, cpu, abi] = match ?? [];
  if (os === undefined || cpu === undefined) return undefined;
  const libc = abi?.startsWith('gnu') ? 'glibc' : abi?.startsWith('musl') ? 'musl' : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}
