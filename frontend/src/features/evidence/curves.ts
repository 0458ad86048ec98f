import type { EvaluationDocument } from '@/api/documents';
import { PLACES, type RocLine, sensitivityAt } from '@/charts/roc';
import { classStyle } from '@/lib/classes';
import type { Cell } from '@/lib/csv';
import { interval, metric } from '@/lib/format';

/** The curves of an evaluation as charts and tables take them. */

export function rocLines({ per_class: classes }: EvaluationDocument): RocLine[] {
  return classes.flatMap(({ name, roc, auc, sensitivity, specificity }, index) =>
    roc === null
      ? []
      : [
          {
            id: name,
            label: auc.value === null ? name : `${name}, AUC ${metric(auc.value)} ${interval(auc.low, auc.high)}`,
            ...classStyle(index),
            ...roc,
            ...(sensitivity.value !== null && specificity.value !== null && { decision: { fpr: 1 - specificity.value, tpr: sensitivity.value } }),
          },
        ],
  );
}

/** Sensitivity of each class at even rates of false alarms: the curves, read at the places of the cursor. */
export function rocTable(lines: readonly RocLine[]): { header: string[]; rows: Cell[][] } {
  return {
    header: ['false alarm rate', ...lines.map(({ id }) => `sensitivity, ${id}`)],
    rows: PLACES.map((place) => [place, ...lines.map((line) => sensitivityAt(line, place))]),
  };
}

export function reliabilityTable({ reliability }: EvaluationDocument): { header: string[]; rows: Cell[][] } {
  return {
    header: ['from', 'to', 'images', 'mean confidence', 'share right'],
    rows: reliability.map(({ low, high, count, confidence, accuracy }) => [low, high, count, confidence, accuracy]),
  };
}

/** Over which thresholds acting on the model is better than acting on everybody and on nobody; null where on none. */
export function usefulRange(thresholds: readonly number[], model: readonly number[], all: readonly number[]): { low: number; high: number } | null {
  const better = thresholds.filter((_, index) => (model[index] ?? 0) > Math.max(0, all[index] ?? 0) + 1e-9);
  const [low, high] = [better[0], better.at(-1)];
  return low === undefined || high === undefined ? null : { low, high };
}
