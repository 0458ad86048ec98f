import { DiagnosisError } from '../errors.ts';

/** Maps stored pixel values to [0, 1], in float32 as primia_core/imaging/tone.py. Knows no formats. */

export type Unit = Float32Array<ArrayBuffer>;

/** The darkest valid value becomes 0 and the brightest 1; one flat value becomes 0. */
export function stretched(values: ArrayLike<number>, valid: Uint8Array | null = null): Unit {
  const used = valid?.includes(1) === true ? valid : null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < values.length; index += 1) {
    if (used !== null && used[index] === 0) continue;
    const value = values[index] ?? 0;
    if (Number.isNaN(value)) [low, high] = [value, value];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new DiagnosisError('input.damaged', `The file has pixel values from ${low} to ${high}. Export it without infinities.`);
  }
  return unitRange(values, low, high);
}

/** `low` becomes 0 and `high` 1, and what lies beyond the nearer of the two. */
export function unitRange(values: ArrayLike<number>, low: number, high: number): Unit {
  const [from, span] = [Math.fround(low), Math.fround(high > low ? high - low : 1)];
  const out = new Float32Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const scaled = Math.fround(Math.fround(Math.fround(values[index] ?? 0) - from) / span);
    out[index] = Math.min(1, Math.max(0, scaled));
  }
  return out;
}
