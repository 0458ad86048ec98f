import type { Comparison, Figure, RaterCurve } from '@/api/readings';

/** What the ROC plane of one class shows: a point for each rater, a curve for whoever gave probabilities. */

export interface DrawnPoint {
  readonly rater: string;
  readonly fpr: number;
  readonly tpr: Figure;
}

export interface DrawnCurve extends RaterCurve {
  readonly rater: string;
}

export function drawnPoints({ raters }: Comparison, name: string): DrawnPoint[] {
  return raters.flatMap(({ name: rater, report }) => {
    const one = report.classes.find((each) => each.name === name);
    if (one === undefined || one.sensitivity.value === null || one.specificity.value === null) return [];
    return [{ rater, fpr: 1 - one.specificity.value, tpr: one.sensitivity }];
  });
}

export function drawnCurves({ raters }: Comparison, name: string): DrawnCurve[] {
  return raters.flatMap(({ name: rater, curves }) => curves.filter((one) => one.name === name).map((one) => ({ ...one, rater })));
}
