import type { Opened } from './answer.ts';
import type { Descriptor } from './descriptor.ts';

/** An answer in words: which class, how sure, and what it is not. The thresholds are those of primia_core/diagnosis/results.py. */

export type Certainty = 'clear' | 'unsure' | 'cannot tell' | 'not told';

export interface Probability {
  readonly name: string;
  readonly value: number;
}

export interface Result {
  readonly label: string;
  /** In the order of the service's classes, or null where it gives a label alone. */
  readonly probabilities: readonly Probability[] | null;
  readonly certainty: Certainty;
  readonly margin: number | null;
  /** From 0 (certain) to 1 (all classes alike). */
  readonly entropy: number | null;
  readonly implausible: boolean;
}

export const NOTICE =
  'This is the output of a statistical model, not a diagnosis. It has not been approved as a medical device. ' +
  'Do not start, change or stop a treatment because of it; show the picture to a physician.';

const CLEAR_MARGIN = 0.6;
const CLEAR_ENTROPY = 0.75;
const LEAST_MARGIN = 0.15;
const MOST_ENTROPY = 0.95;

export function resultOf({ label, logits, plausible }: Opened, { classes, output }: Descriptor): Result {
  const values = logits === null ? null : softmax(logits.map((logit) => logit / output.temperature));
  const margin = values === null ? null : marginOf(values);
  const entropy = values === null ? null : normalisedEntropy(values);
  return {
    label: classes[label] ?? '',
    probabilities: values?.map((value, index) => ({ name: classes[index] ?? '', value })) ?? null,
    certainty: certaintyOf(margin, entropy, plausible),
    margin,
    entropy,
    implausible: !plausible,
  };
}

export function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((power) => power / sum);
}

/** The entropy over that of equal probabilities; of one class, 0. */
export function normalisedEntropy(probabilities: readonly number[]): number {
  if (probabilities.length < 2) return 0;
  const sum = probabilities.reduce((all, one) => (one > 0 ? all - one * Math.log(one) : all), 0);
  return sum / Math.log(probabilities.length);
}

export function certaintyOf(margin: number | null, entropy: number | null, plausible: boolean): Certainty {
  if (!plausible) return 'cannot tell';
  if (margin === null || entropy === null) return 'not told';
  if (margin < LEAST_MARGIN || entropy > MOST_ENTROPY) return 'cannot tell';
  return margin >= CLEAR_MARGIN && entropy <= CLEAR_ENTROPY ? 'clear' : 'unsure';
}

function marginOf(probabilities: readonly number[]): number {
  const [first = 0, second = 0] = [...probabilities].sort((a, b) => b - a);
  return first - second;
}
