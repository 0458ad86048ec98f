import type { Comparison, Figure, Pair } from '@/api/readings';

/** Pairs of raters, from the side of either. */

export interface Seen {
  readonly pair: Pair;
  /** Accuracy of the row's rater less that of the other. */
  readonly difference: Figure;
  /** Cases that the row's rater, and that the other, alone had right. */
  readonly alone: readonly [number, number];
}

const less = (value: number | null) => (value === null ? null : -value);

/** A pair is told once; from the other side, differences change sign and bounds change places. */
export function between({ pairs }: Comparison, row: string, other: string): Seen | null {
  for (const pair of pairs) {
    const [first = 0, second = 0] = pair.alone;
    if (pair.first === row && pair.second === other) return { pair, difference: pair.difference, alone: [first, second] };
    if (pair.first === other && pair.second === row) {
      const { value, low, high } = pair.difference;
      return { pair, difference: { value: less(value), low: less(high), high: less(low) }, alone: [second, first] };
    }
  }
  return null;
}

export type Verdict = 'non-inferior' | 'inferior' | 'undecided';

/** Against a margin that was stated beforehand: the whole interval above it, the whole below it, or neither. */
export function verdict({ low, high }: Figure, margin: number): Verdict {
  if (low !== null && low > -margin) return 'non-inferior';
  return high !== null && high < -margin ? 'inferior' : 'undecided';
}

/** "+4.2 pp": a difference of two shares is no share. */
export function points(value: number | null): string {
  if (value === null) return '–';
  const shown = (value * 100).toFixed(1);
  return `${value > 0 ? '+' : ''}${shown.replace('-', '−')} pp`;
}

export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Whom the others are compared with unless somebody else is chosen: the first model, or the first rater. */
export function reference({ raters }: Comparison, chosen: string | undefined): string {
  const named = raters.find(({ name }) => name === chosen) ?? raters.find(({ kind }) => kind === 'model') ?? raters[0];
  return named?.name ?? '';
}
