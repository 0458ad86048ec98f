import { describe, expect, it } from 'vitest';
import type { AuditDocument } from '@/api/documents';
import phantoms from '@/test/evidence/phantoms.json';
import { against, controlTable, identificationForest, partsOf, picturesOf, spreadForest } from './parts';

const document = phantoms as AuditDocument;

describe('the parts of an audit', () => {
  it('begin with the positive control, and name batch sizes where there are several', () => {
    expect(partsOf(document).map(({ name }) => name)).toEqual(['Positive control', 'One site’s raw gradient', 'One site’s update', 'The secure sum']);
    const several = { ...document, plan: { ...document.plan, batch_sizes: [1, 4] } };
    expect(partsOf(several)[1]?.name).toBe('One site’s raw gradient, batches of 4');
  });

  it('keep each control, and the share within its interval', () => {
    const rows = identificationForest(partsOf(document)).flatMap((group) => group.rows);
    expect(rows).toHaveLength(12);
    expect(rows.every(({ value, low, high }) => (low ?? 1) <= (value ?? 0) && (value ?? 1) <= (high ?? 0))).toBe(true);
    expect(controlTable(partsOf(document)).rows).toHaveLength(12);
  });

  it('spread from the mean to the most exposed, whichever way a measure grows', () => {
    for (const measure of ['mse', 'psnr', 'ssim'] as const) {
      const rows = spreadForest(partsOf(document), measure).flatMap((group) => group.rows);
      expect(rows.every(({ low, high, also = [] }) => also.every(({ at }) => at >= (low ?? 1) && at <= (high ?? 0)))).toBe(true);
    }
  });

  it('hold every picture once, under the part that it belongs to', () => {
    const groups = picturesOf(document);
    expect(groups.map(({ pictures }) => pictures.length)).toEqual([2, 4, 2, 2]);
    expect(groups.flatMap(({ pictures }) => pictures)).toHaveLength(document.pictures.length);
  });
});

it.each([
  [0.0, 0.07, 'includes chance, 1.0 %'],
  [0.26, 0.67, 'above chance, 1.0 %'],
  [0.0, 0.005, 'below chance, 1.0 %'],
])('an interval from %f to %f %s', (low, high, words) => {
  expect(against({ hits: 1, trials: 9, gallery: 100, low, high, chance: 0.01 })).toBe(words);
});
