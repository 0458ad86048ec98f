import { type Bytes, hex, joined, utf8 } from './bytes.ts';
import { canonicalJson, type Json } from './canonical.ts';

/** SHA-256, of bytes and of canonical JSON, and of either behind the words that say what it is for. */

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)));
}

export const sha256Hex = async (value: Json): Promise<string> => hex(await sha256(canonicalJson(value)));

/** "primia request v1" -> its bytes and a zero: nothing that is hashed or signed for one purpose can pass for another. */
export const purpose = (words: string): Bytes => utf8(`${words}\0`);
