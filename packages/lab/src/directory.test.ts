import { expect, test } from 'vitest';
import { defaultStateRoot, freshDataDirectory, labDirectory } from './directory.ts';

test.each([
  [{ FORGE_STATE: '/s' }, /^\/s$/],
  [{ FORGE_STATE: '', XDG_STATE_HOME: '/x' }, /^\/x\/cluster-forge$/],
  [{ XDG_STATE_HOME: 'relative' }, /\.local\/state\/cluster-forge$/],
  [{}, /\.local\/state\/cluster-forge$/],
])('state root of %j', (env, expected) => {
  expect(defaultStateRoot(env)).toMatch(expected);
});

test.each(['a', 'lab-1', '0', 'x'.repeat(40)])('%s is a name', (name) => {
  expect(labDirectory('/s', name).root).toBe(`/s/labs/${name}`);
});

test.each(['', '.', '..', 'a/b', 'A', '-a', 'a-', 'a_b', 'x'.repeat(41)])('%j is no name', (name) => {
  expect(() => labDirectory('/s', name)).toThrow(expect.objectContaining({ code: 'E_LAB_NAME' }));
});

test('data directories differ and leave room for a socket', () => {
  const name = 'x'.repeat(40);
  expect(freshDataDirectory(name)).not.toBe(freshDataDirectory(name));
  expect(`${freshDataDirectory(name)}/localhost:1`.length).toBeLessThanOrEqual(107);
});
