import type { Bytes } from './bytes.ts';

/** Uniform bytes of the operating system. A browser gives at most 65,536 of them at once. */

const MOST_AT_ONCE = 65_536;

export type RandomBytes = (count: number) => Bytes;

export const randomBytes: RandomBytes = (count) => {
  const out = new Uint8Array(count);
  for (let start = 0; start < count; start += MOST_AT_ONCE) crypto.getRandomValues(out.subarray(start, start + MOST_AT_ONCE));
  return out;
};
