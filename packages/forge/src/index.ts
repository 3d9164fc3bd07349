export { loadPlatform, type PlatformRequest } from './config/config.ts';
export { explain, type ExplainedLeaf, type Explanation } from './config/explain.ts';
export { componentScope } from './config/scope.ts';
export type * from './config/platform.ts';
