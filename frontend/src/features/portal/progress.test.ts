import { describe, expect, it } from 'vitest';
import type { Diagnosis, DiagnosisEvent } from '@/api/diagnoses';
import type { Remembered } from '@/diagnosis/vault';
import { heard, NOTHING_TOLD, stepsBefore, stepsOf } from './progress';

const diagnosis = (change: Partial<Diagnosis>): Diagnosis => ({
  id: 'd', service: 's', service_title: 'S', batch: null, state: 'queued', position: 2, attempts: 0, steps: {}, failure: null,
  created_at: '2026-03-12T14:00:00Z', computing_at: null, answered_at: null, collected_at: null, ended_at: null, expires_at: '2026-03-13T14:00:00Z', ...change,
});
const event = (seq: number, kind: string, payload: Record<string, unknown> = {}): DiagnosisEvent => ({ seq, time: '', kind, payload });
const states = (steps: readonly { state: string }[]) => steps.map(({ state }) => state);
const phase = (seq: number, party: string, name: string) => event(seq, 'diagnosis.phase', { party, phase: name });

describe('the steps', () => {
  it('begin on this device', () => {
    expect(states(stepsBefore('decoding'))).toEqual(['active', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(states(stepsBefore('sealing'))).toEqual(['done', 'active', 'waiting', 'waiting', 'waiting']);
  });

  it('say how long the queue is, and what it waits for', () => {
    expect(stepsOf(diagnosis({}), undefined, NOTHING_TOLD)[2]).toMatchObject({ state: 'active', note: '2 before you' });
    expect(stepsOf(diagnosis({}), undefined, heard(NOTHING_TOLD, event(1, 'diagnosis.waiting', { reason: 'stock' })))[2]?.note).toBe('waits for prepared randomness');
  });

  it('say what each party does, once each', () => {
    const computing = diagnosis({ state: 'computing', position: null, computing_at: '2026-03-12T14:00:02Z' });
    const one = heard(NOTHING_TOLD, phase(2, 'p0', 'opening'));
    const both = heard(one, phase(3, 'p1', 'opening'));
    expect(stepsOf(computing, undefined, one)[3]?.note).toBe('P0: opening');
    expect(stepsOf(computing, undefined, both)[3]?.note).toBe('both: opening');
    expect(stepsOf(computing, undefined, both)[2]?.note).toBe('2.0 s');
    expect(heard(both, phase(2, 'p0', 'sealing'))).toBe(both);
    expect(heard(both, event(4, 'diagnosis.retried')).phases).toEqual({});
    expect(heard(both, event(4, 'diagnosis.answered')).answered).toBe(true);
  });

  it('end where it failed', () => {
    const known = { result: null, failure: { code: 'mpc.peer_lost', message: '' } } as unknown as Remembered;
    const lost = diagnosis({ state: 'failed', computing_at: '2026-03-12T14:00:02Z' });
    expect(states(stepsOf(lost, known, NOTHING_TOLD))).toEqual(['done', 'done', 'done', 'failed', 'waiting']);
    expect(states(stepsOf(diagnosis({ state: 'collected' }), known, NOTHING_TOLD))).toEqual(['done', 'done', 'done', 'done', 'failed']);
    expect(states(stepsOf(diagnosis({ state: 'failed', computing_at: '2026-03-12T14:00:02Z' }), undefined, NOTHING_TOLD))).toEqual(['done', 'done', 'done', 'failed', 'waiting']);
    expect(states(stepsOf(diagnosis({ state: 'expired' }), undefined, NOTHING_TOLD))).toEqual(['done', 'done', 'failed', 'waiting', 'waiting']);
    expect(states(stepsOf(diagnosis({ state: 'answered', computing_at: '2026-03-12T14:00:02Z' }), undefined, NOTHING_TOLD))).toEqual(['done', 'done', 'done', 'done', 'active']);
  });
});
