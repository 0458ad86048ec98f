import { describe, expect, it } from 'vitest';
import signed from '@/test/desk/signed.json';
import type { Result } from '@/diagnosis/result';
import type { Remembered } from '@/diagnosis/vault';
import { csvOf, fhirBundle } from './export';

const result: Result = { label: 'viral', probabilities: [{ name: 'normal', value: 0.1 }, { name: 'viral', value: 0.9 }], certainty: 'clear', margin: 0.8, entropy: 0.4, implausible: false };
const record = (id: string, to: Partial<Remembered> = {}): Remembered => ({
  id, user: 'ada', service: 's', signed, source: `${id}.png`, sentAt: '2026-03-12T14:00:00Z', batch: 'b', keys: null, requestDigest: new Uint8Array(), receipt: null, answers: null, result, openedAt: '2026-03-12T14:00:03Z', failure: null, picture: null, ...to,
});

describe('a batch as CSV', () => {
  it('has a line for each picture, refused ones with their reason, and a column for each class', () => {
    const lines = csvOf([
      { source: 'a.png', state: 'opened', record: record('a'), reason: '' },
      { source: '=b.png', state: 'refused', record: null, reason: 'This picture has colours, it says.' },
    ]).split('\r\n');
    expect(lines[0]).toBe('picture,state,label,probability of normal,probability of viral,certainty,entropy,implausible,diagnosis,opened,reason');
    expect(lines[1]).toBe('a.png,opened,viral,0.1,0.9,clear,0.4,false,a,2026-03-12T14:00:03Z,');
    expect(lines[2]).toBe('\'=b.png,refused,,,,,,,,,"This picture has colours, it says."');
  });
});

describe('a batch as FHIR', () => {
  it('is a collection of the reports that were opened', async () => {
    const bundle = await fhirBundle([record('a'), record('b', { result: null })]);
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:uuid:a', resource: { resourceType: 'DiagnosticReport', conclusionCode: [{ text: 'viral' }], imagingStudy: [{ display: 'a.png' }] } }] });
    expect(bundle.entry).toHaveLength(1);
  });
});
