import type { Marker } from '@/lib/sites';

/** Curves of sensitivity over false alarms, and reading them between their points. */

export interface RocLine {
  id: string;
  label: string;
  colour: string;
  dash: string;
  marker: Marker;
  fpr: number[];
  tpr: number[];
  /** Where the model's own decision stands: the class with the largest probability. */
  decision?: { fpr: number; tpr: number };
}

export const PLACES = Array.from({ length: 51 }, (_, index) => index / 50);

/** Sensitivity at a rate of false alarms: the highest of those at it, or on the straight line between its neighbours. */
export function sensitivityAt({ fpr, tpr }: Pick<RocLine, 'fpr' | 'tpr'>, rate: number): number | null {
  const after = fpr.findIndex((one) => one > rate);
  const before = after === -1 ? fpr.length - 1 : after - 1;
  const [x0, y0] = [fpr[before], tpr[before]];
  if (x0 === undefined || y0 === undefined) return null;
  const [x1, y1] = [fpr[after], tpr[after]];
  if (x1 === undefined || y1 === undefined || x0 === rate) return y0;
  return y0 + ((rate - x0) / (x1 - x0)) * (y1 - y0);
}
