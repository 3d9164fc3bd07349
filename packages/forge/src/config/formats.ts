import { isIP } from 'node:net';
import { parseQuantity } from '@cluster-forge/base/cel/quantity';

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostname = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);
const email = new RegExp(`^[^\\s@"<>]{1,64}@${label}(?:\\.${label})+$`);

/** Formats of text params: a test and an example for the error message. */
const formats = {
  hostname: { test: (text: string) => hostname.test(text), example: 'ai.example.com' },
  email: { test: (text: string) => email.test(text), example: 'ops@example.com' },
  uri: { test: (text: string) => URL.canParse(text), example: 'https://git.example.com/platform.git' },
  ip: { test: (text: string) => isIP(text) !== 0, example: '10.0.0.1' },
  cidr: { test: isCidr, example: '10.0.0.0/16' },
  quantity: { test: (text: string) => parseQuantity(text) !== undefined, example: '20Gi' },
  duration: { test: (text: string) => /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text), example: '5m' },
  name: { test: (text: string) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text), example: 'team-a' },
} as const;

export type FormatName = keyof typeof formats;

export const formatNames = [
  'hostname',
  'email',
  'uri',
  'ip',
  'cidr',
  'quantity',
  'duration',
  'name',
] as const satisfies readonly FormatName[];

/** An example of the format when `text` is not of it; undefined when it is. */
export function formatExample(format: FormatName, text: string): string | undefined {
  const { test, example } = formats[format];
  return test(text) ? undefined : example;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  return version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
