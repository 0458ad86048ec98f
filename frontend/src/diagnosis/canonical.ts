import { type Bytes, utf8 } from './bytes.ts';

/** One byte string for one value, the same as primia_core/canonical.py writes: everything that is hashed starts here. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/**
 * UTF-8 JSON, keys in the order of their code points, no white space.
 *
 * Real numbers are refused: two languages write one such number in two ways, so descriptors carry them as text.
 */
export const canonicalJson = (value: Json): Bytes => utf8(written(value, '$'));

function written(value: Json, where: string): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${where} is ${value}; canonical JSON takes whole numbers below 2^53, others as text`);
    return String(value);
  }
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new RangeError(`${where} holds half a character`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map((item, index) => written(item, `${where}[${index}]`)).join(',')}]`;
  const fields = Object.entries(value).sort(([one], [other]) => byCodePoint(one, other));
  return `{${fields.map(([name, item]) => `${written(name, where)}:${written(item, `${where}.${name}`)}`).join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** JavaScript compares halves of characters, Python whole ones: they differ beyond the first plane. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
