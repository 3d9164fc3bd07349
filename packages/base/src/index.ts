export * from './clock.ts';
export * from './context.ts';
export * from './diagnostic.ts';
export * from './error.ts';
export * from './event.ts';
export * from './json.ts';
export * from './nearest.ts';
export * from './failpoint.ts';
