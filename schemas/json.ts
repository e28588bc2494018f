/** Values that were read from JSON, of which nothing is known yet. */

export type Values = Record<string, unknown>;

/** Lists are not objects. */
export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
