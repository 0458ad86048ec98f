import type { Bytes } from './bytes.ts';

/** A 32-byte seed becomes as many bytes as are asked for: AES-256-CTR from block zero, as primia_core/mpc/randomness.py. */

export const SEED_BYTES = 32;
const COUNTER_BITS = 64;

export async function expand(seed: Bytes, bytes: number): Promise<Bytes> {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes, got ${seed.length}`);
  const key = await crypto.subtle.importKey('raw', seed, 'AES-CTR', false, ['encrypt']);
  const algorithm = { name: 'AES-CTR', counter: new Uint8Array(16), length: COUNTER_BITS };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, new Uint8Array(bytes)));
}
