import { isObject, type Json, type JsonObject } from '@cluster-forge/base';

/** A scalar as text; '' for nothing, JSON text for the rest. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A map; an empty one for anything else. */
export function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The maps of a list; none for anything else. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The texts of a list; none for anything else. */
export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A map of texts, such as labels. */
export function textMap(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapOf(value)).map(([key, item]) => [key, textOf(item)]));
}
