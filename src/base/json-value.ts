/**
 * Reading JSON that others wrote: every reader says null (or an empty list) where the value is absent or of another
 * type, so that a parser never throws on what it is given.
 */
export type JsonObject = { readonly [key: string]: unknown };

/** Null where the text is no JSON or no object. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // SyntaxError on garbage, RangeError on nesting deeper than the stack.
    return null;
  }
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** Finite numbers only: `1e999` is Infinity to JSON.parse. */
export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Integers from 0 that a double holds exactly. */
export function asIndex(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of a list; other elements are left out. */
export function asStrings(value: unknown): readonly string[] {
  return asList(value).filter(item => typeof item === 'string');
}

/** The indexes of a list; other elements are left out. */
export function asIndexes(value: unknown): readonly number[] {
  return asList(value).filter((item): item is number => asIndex(item) !== null);
}
