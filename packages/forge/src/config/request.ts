import type { Context, Diagnostic } from '@cluster-forge/base';
import type { Cel } from '@cluster-forge/base/cel/cel';

/** Which platform to load, and with what. */
export interface PlatformRequest {
  /** Path of platform.yaml. Default: the one in `directory`. */
  readonly file?: string;
  /** A stack by name instead of a platform file. */
  readonly stack?: string;
  readonly environment?: string;
  /** `path=value`, strongest layer, in order: `params.size=small`, `size=small`, `components.minio.values.replicas=3`. Values are YAML. */
  readonly set?: readonly string[];
  /** Folders with built-in components and stacks: `<name>/component.yaml` or `<name>/stack.yaml` in each. Folders of the platform come before these. */
  readonly catalogs: readonly string[];
  /** Where to look for platform.yaml, and the platform's directory when only a stack is named. Default: the working directory. */
  readonly directory?: string;
}

/** What the functions of a load share: findings so far and compiled expressions. Lives as long as one load. */
export interface Loading {
  readonly problems: Diagnostic[];
  readonly cel: Cel;
  readonly signal: Context['signal'];
}

/** True while nothing worse than a warning was found. */
export function isSound({ problems }: Loading): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}
