/** Figures out of a confusion matrix: rows are true classes, columns what the model said. */

export interface ClassFigures {
  name: string;
  n: number;
  sensitivity: number;
  specificity: number;
  precision: number;
  low: number;
  high: number;
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
const share = (part: number, all: number) => (all === 0 ? Number.NaN : part / all);

/** Wilson's 95 % interval of a share. */
export function wilson(part: number, all: number): [number, number] {
  if (all === 0) return [Number.NaN, Number.NaN];
  const z = 1.959964;
  const p = part / all;
  const middle = p + (z * z) / (2 * all);
  const spread = z * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

export function perClass(confusion: readonly (readonly number[])[], names: readonly string[]): ClassFigures[] {
  const all = sum(confusion.map(sum));
  return confusion.map((row, index) => {
    const hit = row[index] ?? 0;
    const n = sum(row);
    const said = sum(confusion.map((each) => each[index] ?? 0));
    const [low, high] = wilson(hit, n);
    return {
      name: names[index] ?? `class ${index + 1}`,
      n,
      sensitivity: share(hit, n),
      specificity: share(all - n - (said - hit), all - n),
      precision: share(hit, said),
      low,
      high,
    };
  });
}
