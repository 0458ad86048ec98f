import { describe, expect, it } from 'vitest';
import type { Comparison, Pair } from '@/api/readings';
import { between, points, pValue, reference, verdict } from './pairs';

const pair = { first: 'A', second: 'B', alone: [7, 2], difference: { value: 0.05, low: -0.01, high: 0.11, method: null } } as unknown as Pair;
const comparison = { pairs: [pair], raters: [{ name: 'A', kind: 'reader' }, { name: 'B', kind: 'model' }] } as unknown as Comparison;

describe('a pair of raters', () => {
  it('is the same from the other side with its sign and bounds turned', () => {
    expect(between(comparison, 'A', 'B')).toMatchObject({ alone: [7, 2], difference: { value: 0.05, low: -0.01, high: 0.11 } });
    expect(between(comparison, 'B', 'A')).toMatchObject({ alone: [2, 7], difference: { value: -0.05, low: -0.11, high: 0.01 } });
    expect(between(comparison, 'A', 'A')).toBeNull();
  });

  it('is judged by its whole interval', () => {
    const at = (low: number, high: number) => verdict({ value: (low + high) / 2, low, high, method: null }, 0.05);
    expect([at(-0.04, 0.1), at(-0.06, 0.1), at(-0.2, -0.06), at(-0.05, 0.1)]).toEqual(['non-inferior', 'undecided', 'inferior', 'undecided']);
  });

  it('is written in points, and small p as such', () => {
    expect([points(0.042), points(-0.1), points(0), points(null)]).toEqual(['+4.2 pp', '−10.0 pp', '0.0 pp', '–']);
    expect([pValue(0.0004), pValue(0.05)]).toEqual(['< 0.001', '0.050']);
  });

  it('is seen from the first model unless somebody is chosen who is there', () => {
    expect([reference(comparison, undefined), reference(comparison, 'A'), reference(comparison, 'nobody')]).toEqual(['B', 'A', 'B']);
  });
});
