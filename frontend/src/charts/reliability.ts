import { wilson } from '@/lib/confusion';
import { interval, percent, plural } from '@/lib/format';

/** Bins of a reliability diagram: how sure the model was, and how often it was right. */

export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  confidence: number | null;
  accuracy: number | null;
}

export interface FilledBin {
  low: number;
  high: number;
  count: number;
  confidence: number;
  accuracy: number;
  /** Wilson's 95 % interval of the share that was right. */
  from: number;
  to: number;
}

/** The bins in which anything fell, with the interval of what was right in each. */
export function filled(bins: readonly ReliabilityBin[]): FilledBin[] {
  return bins.flatMap(({ low, high, count, confidence, accuracy }) => {
    if (count === 0 || confidence === null || accuracy === null) return [];
    const [from, to] = wilson(Math.round(accuracy * count), count);
    return [{ low, high, count, confidence, accuracy, from, to }];
  });
}

export function spoken({ low, high, count, confidence, accuracy, from, to }: FilledBin): string {
  return `${percent(low)} to ${percent(high)} sure, on average ${percent(confidence)}: right in ${percent(accuracy)} ${interval(from, to)} of ${plural(count, 'image')}`;
}
