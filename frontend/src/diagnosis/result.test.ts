import { describe, expect, it } from 'vitest';
import signed from '@/test/desk/signed.json';
import { checkSigned } from './descriptor';
import { diagnosticReport } from './fhir';
import { certaintyOf, normalisedEntropy, NOTICE, resultOf, softmax } from './result';

describe('probabilities', () => {
  it('are a softmax that does not overflow', () => {
    expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
    expect(softmax([0, Math.log(3)]).map((value) => value.toFixed(9))).toEqual(['0.250000000', '0.750000000']);
  });

  it('have an entropy from 0 to 1', () => {
    expect(normalisedEntropy([1, 0, 0])).toBe(0);
    expect(normalisedEntropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 12);
    expect(normalisedEntropy([1])).toBe(0);
  });
});

it.each([
  [0.9, 0.2, true, 'clear'],
  [0.6, 0.75, true, 'clear'],
  [0.59, 0.2, true, 'unsure'],
  [0.9, 0.76, true, 'unsure'],
  [0.14, 0.2, true, 'cannot tell'],
  [0.9, 0.96, true, 'cannot tell'],
  [0.9, 0.2, false, 'cannot tell'],
  [null, null, true, 'not told'],
] as const)('a margin of %s and an entropy of %s, plausible: %s, is "%s"', (margin, entropy, plausible, words) => {
  expect(certaintyOf(margin, entropy, plausible)).toBe(words);
});

describe('a FHIR report', () => {
  it('is preliminary, names the classes with their probabilities, and no patient', async () => {
    const { descriptor } = await checkSigned(signed);
    const result = resultOf({ label: 1, logits: descriptor.classes.map((_, index) => (index === 1 ? 3 : 0)), plausible: true }, descriptor);
    const report = diagnosticReport({ diagnosis: 'd1', descriptor, result, issued: new Date('2026-03-12T14:00:00.500Z'), source: 'a.png' });
    expect(report).toMatchObject({ resourceType: 'DiagnosticReport', status: 'preliminary', issued: '2026-03-12T14:00:00Z', conclusionCode: [{ text: descriptor.classes[1] }] });
    expect(report.contained).toHaveLength(descriptor.classes.length);
    expect(report).not.toHaveProperty('subject');
    expect(report.conclusion).toContain(NOTICE);
  });

  it('of a label alone has no observations', async () => {
    const { descriptor } = await checkSigned(signed);
    const result = resultOf({ label: 0, logits: null, plausible: true }, descriptor);
    expect(diagnosticReport({ diagnosis: 'd1', descriptor, result, issued: new Date() })).not.toHaveProperty('contained');
    expect(result.certainty).toBe('not told');
  });
});
