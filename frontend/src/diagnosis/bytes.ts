/** Bytes and their spellings: UTF-8, hexadecimal, base64. Knows no meaning. */

export type Bytes = Uint8Array<ArrayBuffer>;

const CHUNK = 1 << 15;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export const hex = (content: Uint8Array): string => Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new RangeError('not lower-case hexadecimal');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function base64(content: Uint8Array): string {
  let letters = '';
  for (let start = 0; start < content.length; start += CHUNK) letters += String.fromCharCode(...content.subarray(start, start + CHUNK));
  return btoa(letters);
}

/** Standard base64 with padding, in its one spelling. */
export function fromBase64(text: string): Bytes {
  const content = decoded(text);
  if (base64(content) !== text) throw new RangeError('base64 is not spelt in its one way');
  return content;
}

/** The alphabet of web tokens, without padding. */
export const fromBase64Url = (text: string): Bytes => decoded(text.replaceAll('-', '+').replaceAll('_', '/'));

function decoded(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new RangeError('not base64');
  }
}
