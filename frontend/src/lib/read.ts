/** Reads values out of JSON whose shape an older or newer platform may have changed: what does not fit is null. */

export type Json = Record<string, unknown>;

export const text = (from: Json, name: string): string | null => {
  const value = from[name];
  return typeof value === 'string' ? value : null;
};

export const number = (from: Json, name: string): number | null => {
  const value = from[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

export const words = (from: Json, name: string): string[] => {
  const value = from[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

export const object = (from: Json, name: string): Json | null => {
  const value = from[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
};

/** A count, or a table of counts of which the sum is meant. */
export const total = (from: Json, name: string): number | null => {
  const table = object(from, name);
  if (table === null) return number(from, name);
  return Object.values(table).reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0);
};
