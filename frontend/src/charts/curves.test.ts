import { describe, expect, it } from 'vitest';
import { aboveFloor } from './decision';
import { layout, moved, sizeOf, spoken, valueText } from './forest';
import { filled } from './reliability';
import { PLACES, sensitivityAt } from './roc';

describe('a curve of sensitivity', () => {
  const steps = { fpr: [0, 0, 0.5, 0.5, 1], tpr: [0, 0.4, 0.4, 0.9, 1] };

  it.each([
    [0, 0.4],
    [0.25, 0.4],
    [0.5, 0.9],
    [0.75, 0.95],
    [1, 1],
  ])('is read at %f as %f: the highest where it rises, straight between its points', (rate, sensitivity) => {
    expect(sensitivityAt(steps, rate)).toBeCloseTo(sensitivity, 12);
  });

  it('never falls along the places of the cursor', () => {
    const read = PLACES.map((place) => sensitivityAt(steps, place) ?? Number.NaN);
    expect(read.every((value, index) => index === 0 || value >= (read[index - 1] ?? 0))).toBe(true);
  });

  it('is nothing where there is no curve', () => {
    expect(sensitivityAt({ fpr: [], tpr: [] }, 0.5)).toBeNull();
  });
});

describe('a curve that falls below the floor', () => {
  it('is cut where it crosses, on the line between its points', () => {
    expect(aboveFloor([{ x: 0, y: 0.1 }, { x: 1, y: -0.1 }, { x: 2, y: -0.5 }, { x: 3, y: 0 }], 0)).toEqual([
      { x: 0, y: 0.1 },
      { x: 0.5, y: 0 },
      { x: 3, y: 0 },
      { x: 3, y: 0 },
    ]);
  });

  it('is left alone above it', () => {
    const points = [{ x: 0, y: 1 }, { x: 1, y: 2 }];
    expect(aboveFloor(points, 0)).toEqual(points);
  });
});

describe('rows of a forest', () => {
  const row = (id: string, value: number | null) => ({ id, label: id, of: '40 images', value, low: value === null ? null : value - 0.1, high: value === null ? null : value + 0.1 });

  it('stand below each other, a heading above each group', () => {
    const { heads, rows, height } = layout([{ name: 'age', rows: [row('a', 0.5), row('b', 0.6)] }, { name: 'sex', rows: [row('f', 0.7)] }], 10);
    expect(heads.map(({ top }) => top)).toEqual([10, 108]);
    expect(rows.map(({ top }) => top)).toEqual([36, 72, 134]);
    expect(height).toBe(170);
  });

  it('say their value with its interval, or why there is none', () => {
    expect(spoken(row('65 to 79', 0.5), 'age', (value) => value.toFixed(2))).toBe('age, 65 to 79, 40 images: 0.50 [0.40, 0.60]');
    expect(valueText({ ...row('x', null), note: 'not shown' }, String)).toBe('not shown');
    expect(valueText(row('x', null), String)).toBe('not defined');
  });

  it('are walked by keys, and never left', () => {
    expect([moved(null, 'ArrowDown', 3), moved(2, 'ArrowDown', 3), moved(0, 'ArrowUp', 3), moved(1, 'End', 3), moved(1, 'a', 3), moved(null, 'ArrowDown', 0)]).toEqual([0, 2, 0, 2, null, null]);
  });

  it('have marks whose area, not side, follows the number', () => {
    expect((sizeOf(100, 400) - 6) / (sizeOf(400, 400) - 6)).toBeCloseTo(0.5, 12);
  });
});

describe('bins of a reliability diagram', () => {
  it('leave out what is empty, and hold the observed share within its interval', () => {
    const bins = filled([
      { low: 0, high: 0.5, count: 0, confidence: null, accuracy: null },
      { low: 0.5, high: 1, count: 20, confidence: 0.8, accuracy: 0.75 },
    ]);
    expect(bins).toHaveLength(1);
    expect(bins[0]?.from).toBeLessThan(0.75);
    expect(bins[0]?.to).toBeGreaterThan(0.75);
  });
});
