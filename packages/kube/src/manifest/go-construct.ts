import { isObject, type ForgeError, type Json } from '@cluster-forge/base';
import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml';
import { errors } from '../errors.ts';
import { keyText, resolvePlain, type GoScalar } from './go-scalar.ts';
import { resolveTagged, shortTag } from './go-tag.ts';
import type { GoYamlOptions } from './go-yaml.ts';

type ScalarEvent = Extract<Event, { readonly style: number; readonly valueStart: number }>;
type Mutable = Record<string, Json>;

interface Reading {
  readonly source: string;
  readonly events: readonly Event[];
  readonly options: GoYamlOptions;
  /** Index of the event to read next. */
  at: number;
  /** Values by anchor with the number of nodes in them; undefined while the anchored value is still being read. */
  readonly anchors: Map<string, { readonly value: Json; readonly nodes: number } | undefined>;
  /** Nodes made so far, aliases expanded; and how many of them came through aliases. */
  nodes: number;
  aliased: number;
}

/** Turns parser events into the value Go would make. Throws E_MANIFEST_YAML and E_MANIFEST_LIMIT. */
export function construct(source: string, events: readonly Event[], options: GoYamlOptions): Json {
  const reading: Reading = { source, events, options, at: 0, anchors: new Map(), nodes: 0, aliased: 0 };
  if (events.length === 0) return null;
  reading.at = 1;
  const value = isPop(reading) ? null : readNode(reading);
  reading.at += 1;
  if (reading.at < events.length) throw refuse(reading, 'the text holds more than one document', 'split it first');
  return value;
}

function readNode(reading: Reading): Json {
  const event = next(reading);
  if (event.type === EVENT_ID.ALIAS) return readAlias(reading, event);
  if (event.type === EVENT_ID.SCALAR) return anchored(reading, event, () => scalarValue(reading, event));
  if (event.type === EVENT_ID.SEQUENCE) return anchored(reading, event, () => readSequence(reading));
  if (event.type === EVENT_ID.MAPPING) return anchored(reading, event, () => readMapping(reading));
  throw refuse(reading, 'the document ends too early');
}

function readSequence(reading: Reading): Json {
  const items: Json[] = [];
  while (!isPop(reading)) items.push(readNode(reading));
  reading.at += 1;
  return items;
}

function readMapping(reading: Reading): Json {
  const map: Mutable = {};
  while (!isPop(reading)) {
    const event = next(reading);
    if (isMerge(reading, event)) merge(reading, map);
    else setKey(reading, map, readKey(reading, event), readNode(reading));
  }
  reading.at += 1;
  return map;
}

/** Keys that are not text become text; the ones Go refuses are refused. */
function readKey(reading: Reading, event: Event): string {
  if (event.type === EVENT_ID.SCALAR) {
    const scalar = goScalar(reading, event);
    const key = keyText(scalar);
    if (key === undefined)
      throw refuse(
        reading,
        `a map key must not be ${scalar.sort === 'null' ? 'null' : 'that large a number'}`,
        'quote the key',
      );
    anchored(reading, event, () => key);
    return key;
  }
  if (event.type === EVENT_ID.ALIAS) {
    const value = readAlias(reading, event);
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return String(value);
  }
  throw refuse(reading, 'a map key must be a scalar', 'quote the key');
}

/** Keeps keys such as `__proto__` plain data. */
function setKey(reading: Reading, map: Mutable, key: string, value: Json): void {
  if (reading.options.strict === true && Object.hasOwn(map, key)) {
    throw refuse(reading, `the key ${JSON.stringify(key)} is given twice`, 'keep one of them');
  }
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}

function isMerge(reading: Reading, event: Event): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false;
  if (!reading.source.startsWith('<<', event.valueStart)) return false;
  return event.tagStart === -1 ? event.style === SCALAR_STYLE.PLAIN : shortTag(tagOf(reading, event)) === '!!merge';
}

/** Go v2 merges at the place of the `<<`: what stood before it is overwritten, what follows overwrites. Of a list the first map wins. */
function merge(reading: Reading, map: Mutable): void {
  const value = readNode(reading);
  const sources = Array.isArray(value) ? value.toReversed() : [value];
  for (const source of sources) {
    if (!isObject(source)) throw refuse(reading, 'a merge (<<) needs a map or a list of maps');
    for (const [key, merged] of Object.entries(source)) setKey(reading, map, key, merged);
  }
}

function readAlias(reading: Reading, event: Extract<Event, { readonly type: typeof EVENT_ID.ALIAS }>): Json {
  const name = reading.source.slice(event.anchorStart, event.anchorEnd);
  const target = reading.anchors.get(name);
  if (target === undefined) {
    const why = reading.anchors.has(name) ? 'its value contains itself' : 'there is no such anchor before it';
    throw refuse(reading, `the alias *${name} cannot be resolved: ${why}`);
  }
  reading.nodes += target.nodes;
  reading.aliased += target.nodes;
  refuseBomb(reading);
  return target.value;
}

/** The same limits as Go's: a document of ordinary size may come almost wholly from aliases, a large one hardly. */
function refuseBomb(reading: Reading): void {
  const { nodes, aliased } = reading;
  const share = Math.min(0.99, Math.max(0.1, 0.99 - (0.89 * (nodes - 400_000)) / 3_600_000));
  if (aliased <= 100 || nodes <= 1000 || aliased / nodes <= share) return;
  throw errors.E_MANIFEST_LIMIT({
    what: 'the document repeats itself through aliases beyond any reason',
    why: 'Kubernetes refuses it as well: excessive aliasing',
    fix: 'write the values out',
    ...whereOf(reading),
  });
}

function anchored(
  reading: Reading,
  event: Exclude<Event, { readonly type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>,
  read: () => Json,
): Json {
  reading.nodes += 1;
  if (event.anchorStart === -1) return read();
  const name = reading.source.slice(event.anchorStart, event.anchorEnd);
  const before = reading.nodes - 1;
  reading.anchors.set(name, undefined);
  const value = read();
  reading.anchors.set(name, { value, nodes: reading.nodes - before });
  return value;
}

function scalarValue(reading: Reading, event: ScalarEvent): Json {
  const scalar = goScalar(reading, event);
  if (scalar.sort === 'unprintable')
    throw refuse(reading, `${scalar.value} cannot be written as JSON`, 'quote it when text is meant');
  return scalar.value;
}

/** Escapes that our parser takes and Go refuses. */
const refusedEscape = /(?:^|[^\\])(?:\\\\)*\\(?:u[dD][89a-fA-F]|\/)/;

function goScalar(reading: Reading, event: ScalarEvent): GoScalar {
  const { source } = reading;
  const text = event.fast ? source.slice(event.valueStart, event.valueEnd) : getScalarValue(source, event);
  const isEscaped = event.style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast;
  if (isEscaped && refusedEscape.test(source.slice(event.valueStart, event.valueEnd))) {
    throw refuse(
      reading,
      String.raw`an escape that Kubernetes does not know: \/ or half a surrogate pair (\uD800 to \uDFFF)`,
      'write the character itself',
    );
  }
  if (event.tagStart !== -1) return tagged(reading, event, text);
  return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(text) : { sort: 'string', value: text };
}

function tagged(reading: Reading, event: ScalarEvent, text: string): GoScalar {
  const tag = tagOf(reading, event);
  const scalar = resolveTagged(tag, text);
  if (scalar === undefined)
    throw refuse(reading, `${JSON.stringify(text)} is not a ${tag}`, 'correct the value or remove the tag');
  return scalar;
}

function tagOf({ source }: Reading, event: ScalarEvent): string {
  return source.slice(event.tagStart, event.tagEnd);
}

function next(reading: Reading): Event {
  const event = reading.events[reading.at];
  if (event === undefined) throw refuse(reading, 'the document ends too early');
  reading.at += 1;
  return event;
}

function isPop({ events, at }: Reading): boolean {
  return events[at]?.type === EVENT_ID.POP;
}

function refuse(reading: Reading, what: string, fix?: string): ForgeError {
  return errors.E_MANIFEST_YAML({ what, ...(fix === undefined ? {} : { fix }), ...whereOf(reading) });
}

/** The place of the event read last, as near as events tell. */
function whereOf({ source, events, at, options }: Reading) {
  const event = events[at - 1];
  const offset =
    event === undefined
      ? 0
      : 'valueStart' in event
        ? event.valueStart
        : 'start' in event
          ? event.start
          : 'anchorStart' in event
            ? event.anchorStart
            : 0;
  const before = source.slice(0, Math.max(offset, 0)).split('\n');
  const line = (options.line ?? 1) + before.length - 1;
  return {
    where: {
      ...(options.file === undefined ? {} : { file: options.file }),
      line,
      column: (before.at(-1)?.length ?? 0) + 1,
    },
  };
}
