import { type Bytes, joined, same } from './bytes.ts';
import { canonicalJson, type JsonObject } from './canonical.ts';
import { Misfit, object } from './reading.ts';

/** A header of canonical JSON before a payload: its length (4 bytes, big-endian), the header, the rest. */

const LENGTH_BYTES = 4;
const MOST_HEADER_BYTES = 1 << 14;

export function frame(header: JsonObject, payload: Uint8Array): Bytes {
  const head = canonicalJson(header);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, head.length);
  return joined(length, head, payload);
}

export function unframe(message: Bytes): { header: JsonObject; payload: Bytes } {
  if (message.length < LENGTH_BYTES) throw new Misfit(`${message.length} bytes are too short for a header's length`);
  const size = new DataView(message.buffer, message.byteOffset).getUint32(0);
  const head = message.slice(LENGTH_BYTES, LENGTH_BYTES + size);
  if (size > MOST_HEADER_BYTES || head.length !== size) throw new Misfit(`a header of ${size} bytes does not fit the message`);
  const header = object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head)), 'the header');
  if (!same(canonicalJson(header), head)) throw new Misfit('the header is not canonical JSON');
  return { header, payload: message.slice(LENGTH_BYTES + size) };
}
