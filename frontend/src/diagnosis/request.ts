import { base64, type Bytes, hex, joined } from './bytes.ts';
import { canonicalJson } from './canonical.ts';
import type { Descriptor } from './descriptor.ts';
import { purpose, sha256 } from './digest.ts';
import { DiagnosisError } from './errors.ts';
import { expand, SEED_BYTES } from './expansion.ts';
import { frame } from './framing.ts';
import { type RandomBytes, randomBytes } from './randomness.ts';
import { seal, shareInfo } from './sealing.ts';
import { masked } from './words.ts';

/** A picture in two sealed halves, as primia_core/diagnosis/request.py: party 0 gets a seed, party 1 the picture less its words. */

export interface SealedRequest {
  readonly shares: readonly [Bytes, Bytes];
  /** Of the request; kept beside the answer's keys, and asked of each answer. */
  readonly digest: Bytes;
}

const SALT_BYTES = 32;

/**
 * Shares a picture's integers and seals each half for its party. Either half says nothing about the picture.
 *
 * `plane` is one channel, size x size; `answerKey` is the point of fresh keys. The digests in the headers are salted:
 * party 0 knows the seed, and an unsalted digest of the other half would let it confirm a picture that it has guessed.
 */
export async function split(descriptor: Descriptor, plane: Int32Array, answerKey: Bytes, diagnosis: string, rng: RandomBytes = randomBytes): Promise<SealedRequest> {
  const { input } = descriptor;
  if (plane.length !== input.size ** 2) throw new RangeError(`the picture has ${plane.length} pixels, the service takes ${input.size ** 2}`);
  checkRange(plane, input.limit * input.scale);
  const seed = rng(SEED_BYTES);
  const salts: [Bytes, Bytes] = [rng(SALT_BYTES), rng(SALT_BYTES)];
  const mask = await expand(seed, plane.length * input.channels * (input.ring_bits / 8));
  const payloads: [Bytes, Bytes] = [seed, masked(plane, input.channels, mask, input.ring_bits)];
  const digests = [hex(await sha256(salts[0], payloads[0])), hex(await sha256(salts[1], payloads[1]))] as const;
  const common = {
    diagnosis,
    service: descriptor.service,
    descriptor: descriptor.digest,
    model: descriptor.model.version,
    policy: descriptor.output.policy,
    answer_key: base64(answerKey),
  };
  const half = (party: 0 | 1) => {
    const header = { v: 1, ...common, party, salt: hex(salts[party]), own: digests[party], other: digests[1 - party] ?? '' };
    return seal(descriptor.parties[party].sealingKey, frame(header, payloads[party]), shareInfo(descriptor.service, party));
  };
  const whole = { ...common, share0: digests[0], share1: digests[1] };
  return { shares: [await half(0), await half(1)], digest: await sha256(joined(purpose('primia diagnosis request v1'), canonicalJson(whole))) };
}

function checkRange(plane: Int32Array, limit: number): void {
  const largest = plane.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest <= limit) return;
  throw new DiagnosisError('input.out_of_range', `A pixel is ${(largest / limit).toPrecision(3)} times the service's limit after normalisation; the answer would be wrong. Ask the service's owner to prepare it with a wider range.`);
}
