import { describe, expect, it } from 'vitest';
import type { EvaluationDocument } from '@/api/documents';
import evaluation from '@/test/evidence/evaluation.json';
import { usefulRange } from './curves';
import { behind, domainOf, siteForest, subgroupForest } from './forests';
import { inOrder } from './names';

const document: EvaluationDocument = evaluation;

describe('subgroups as rows', () => {
  it('come in their attributes, ages by their years, and keep what is suppressed without a number', () => {
    const groups = subgroupForest(document, 'accuracy');
    expect(groups.map(({ name }) => name)).toEqual(['Age, years', 'Sex', 'View']);
    expect(groups[0]?.rows.map(({ label }) => label)).toEqual(['0-4', '5-17', '18-39', '40-64', '65-79', '80+']);
    expect(groups[0]?.rows[0]).toMatchObject({ value: null, low: null, high: null, note: 'not shown', of: 'too few images' });
  });

  it('put the unknown last, whatever the others are called', () => {
    expect(inOrder([{ group: 'unknown' }, { group: 'male' }, { group: 'female' }]).map(({ group }) => group)).toEqual(['female', 'male', 'unknown']);
    expect(inOrder([{ group: 'unknown' }, { group: '80+' }, { group: '5-17' }]).map(({ group }) => group)).toEqual(['5-17', '80+', 'unknown']);
  });

  it('name only groups whose whole interval lies below the value of all', () => {
    const groups = subgroupForest(document, 'accuracy');
    expect(behind(groups, document.accuracy.value)).toEqual(['View AP (0.75)']);
    expect(behind(groups, null)).toEqual([]);
  });

  it('fit on an axis that begins at or below every bound', () => {
    const groups = [...subgroupForest(document, 'mcc'), ...siteForest(document, 'mcc', (slug) => ({ name: slug, colour: 0 }))];
    const { domain, ticks } = domainOf(groups);
    const lows = groups.flatMap(({ rows }) => rows.flatMap(({ low }) => low ?? []));
    expect(domain[0]).toBeLessThanOrEqual(Math.min(...lows));
    expect([ticks[0], ticks.at(-1)]).toEqual(domain);
  });
});

describe('where a decision curve is of use', () => {
  it('is where it beats both everybody and nobody', () => {
    expect(usefulRange([0.1, 0.2, 0.3, 0.4], [0.3, 0.25, 0.1, -0.1], [0.3, 0.1, -0.1, -0.3])).toEqual({ low: 0.2, high: 0.3 });
    expect(usefulRange([0.1, 0.2], [0.1, -0.1], [0.2, 0])).toBeNull();
  });
});
