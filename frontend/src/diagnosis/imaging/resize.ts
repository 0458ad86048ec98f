import type { Picture } from './picture.ts';

/**
 * Scales both sides by a triangle filter with antialiasing, in the operations and the order of Pillow's own
 * (libImaging/Resample.c, 32-bit floats): horizontally, then vertically, sums in float64, results in float32.
 * The same picture gives the same values here and in primia_core/imaging/square.py.
 */

interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly most: number;
}

export function resize({ width, height, data }: Picture, toWidth: number, toHeight: number): Picture {
  const across = width === toWidth ? data : horizontally(data, width, height, tapsOf(width, toWidth), toWidth);
  const down = height === toHeight ? across : vertically(across, toWidth, tapsOf(height, toHeight), toHeight);
  return { width: toWidth, height: toHeight, data: down };
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const most = Math.ceil(support) * 2 + 1;
  const [first, count] = [new Int32Array(to), new Int32Array(to)];
  const weights = new Float64Array(to * most);
  for (let out = 0; out < to; out += 1) {
    const centre = (out + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(from, Math.trunc(centre + support + 0.5)) - low;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const weight = triangle((tap + low - centre + 0.5) * (1 / support));
      weights[out * most + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap += 1) weights[out * most + tap] = (weights[out * most + tap] ?? 0) / sum;
    first[out] = low;
    count[out] = taps;
  }
  return { first, count, weights, most };
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));

function horizontally(data: Float32Array, width: number, height: number, { first, count, weights, most }: Taps, toWidth: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(toWidth * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < toWidth; column += 1) {
      const [at, taps] = [row * width + (first[column] ?? 0), count[column] ?? 0];
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += (data[at + tap] ?? 0) * (weights[column * most + tap] ?? 0);
      out[row * toWidth + column] = sum;
    }
  }
  return out;
}

function vertically(data: Float32Array, width: number, { first, count, weights, most }: Taps, toHeight: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(width * toHeight);
  for (let row = 0; row < toHeight; row += 1) {
    const [from, taps] = [first[row] ?? 0, count[row] ?? 0];
    for (let column = 0; column < width; column += 1) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += (data[(from + tap) * width + column] ?? 0) * (weights[row * most + tap] ?? 0);
      out[row * width + column] = sum;
    }
  }
  return out;
}
