import type { Bytes } from './bytes.ts';

/** Arithmetic modulo 2^32 and 2^64 on little-endian words, and sums of a few answers of any width. */

export type RingBits = 32 | 64;

/** Signed integers, the same plane for every channel, minus a mask: the words of one share, as bytes. */
export function masked(plane: Int32Array, channels: number, mask: Bytes, bits: RingBits): Bytes {
  const out = new Uint8Array(mask.length);
  const [from, to] = [new DataView(mask.buffer, mask.byteOffset, mask.byteLength), new DataView(out.buffer)];
  const size = bits / 8;
  if (mask.length !== plane.length * channels * size) throw new RangeError(`a mask of ${mask.length} bytes does not fit ${plane.length} x ${channels} words`);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let pixel = 0; pixel < plane.length; pixel += 1) {
      const at = (channel * plane.length + pixel) * size;
      const value = plane[pixel] ?? 0;
      if (bits === 32) to.setUint32(at, (value - from.getUint32(at, true)) >>> 0, true);
      else to.setBigUint64(at, BigInt.asUintN(64, BigInt(value) - from.getBigUint64(at, true)), true);
    }
  }
  return out;
}

/** How many bytes a value takes in an answer: the next whole word of a processor. */
export const wordBytes = (bits: number): number => (bits <= 16 ? 2 : bits <= 32 ? 4 : 8);

/** Little-endian values, one a word. */
export function values(content: Bytes, bits: number): bigint[] {
  const size = wordBytes(bits);
  return Array.from({ length: content.length / size }, (_, index) => {
    let value = 0n;
    for (let byte = size - 1; byte >= 0; byte -= 1) value = (value << 8n) | BigInt(content[index * size + byte] ?? 0);
    return value;
  });
}

export const signedSum = (one: bigint, other: bigint, bits: number): number => Number(BigInt.asIntN(bits, one + other));
export const unsignedSum = (one: bigint, other: bigint, bits: number): number => Number(BigInt.asUintN(bits, one + other));
