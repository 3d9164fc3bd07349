import { basename } from 'node:path';

const longestCommand = 400;

/** A command as a person may read it: program name and arguments, secrets replaced, cut to one bearable line. */
export function describeCommand(command: string, args: readonly string[], secrets: readonly string[] = []): string {
  const words = [basename(command), ...args].map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word),
  );
  const line = redact(words.join(' '), secrets);
  return line.length > longestCommand ? `${line.slice(0, longestCommand)} ...` : line;
}

/** Replaces every occurrence of every secret by `***`, the longest first so that no rest of one remains. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return known.reduce((result, secret) => result.replaceAll(secret, '***'), text);
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
