import { describe, expect, it } from 'vitest';
import type { JobEvent } from '@/api/types';
import { exampleJob, exampleRun } from '@/test/examples';
import { applyEvents } from './reduce';
import { type RunView, startView } from './view';

const empty = () => startView({ ...exampleJob(), state: 'draft', curve: [], best: null, rounds_done: 0, started_at: null, last_seq: 0 }, [], [], []);
const all = exampleRun();

/** A small generator with a fixed seed, so that a failure can be seen again. */
function shuffled<One>(rows: readonly One[], seed: number): One[] {
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return [...rows].map((row) => ({ row, key: random() })).sort((a, b) => a.key - b.key).map(({ row }) => row);
}

function inPieces(view: RunView, events: readonly JobEvent[], size: number): RunView {
  let next = view;
  for (let at = 0; at < events.length; at += size) next = applyEvents(next, events.slice(at, at + size));
  return next;
}

describe('old view + events = new view', () => {
  const whole = applyEvents(empty(), all);

  it('tells the whole story of a run from its events alone', () => {
    expect(whole.seq).toBe(all.length);
    expect(whole.job.state).toBe('running');
    expect(whole.rounds.filter(({ kind, state }) => kind === 'train' && state === 'closed')).toHaveLength(whole.job.rounds_done);
    expect(whole.job.curve.map(({ round }) => round)).toEqual([...whole.job.curve.map(({ round }) => round)].sort((a, b) => a - b));
    expect(whole.events).toHaveLength(all.length);
  });

  it.each([1, 2, 7, 40])('comes to the same in pieces of %i', (size) => {
    expect(inPieces(empty(), all, size)).toEqual(whole);
  });

  it.each([1, 2, 3, 4, 5])('comes to the same in any order and with every event twice (seed %i)', (seed) => {
    expect(inPieces(empty(), shuffled([...all, ...all], seed), 9)).toEqual(whole);
  });

  it('comes to the same from a snapshot in the middle, whatever of it is told again', () => {
    for (const cut of [5, 31, 60, all.length - 1]) {
      const middle = applyEvents(empty(), all.slice(0, cut));
      const snapshot = startView({ ...middle.job, last_seq: cut }, middle.rounds, Object.values(middle.approvals), all.slice(0, cut));
      const { rounds, job, events } = applyEvents(snapshot, all.slice(Math.max(0, cut - 9)));
      expect(rounds).toEqual(whole.rounds);
      expect({ ...job, last_seq: 0 }).toEqual({ ...whole.job, last_seq: 0 });
      expect(events).toEqual(whole.events);
    }
  });

  it('knows from a snapshot who has not been heard, wherever it was taken', () => {
    const cuts = all.map((_, index) => index + 1);
    const silent = cuts.map((cut) => applyEvents(empty(), all.slice(0, cut)).silentSince);
    expect(silent.filter((one) => Object.keys(one).length > 0)).not.toEqual([]);
    expect(cuts.map((cut) => startView({ ...exampleJob(), last_seq: cut }, [], [], all).silentSince)).toEqual(silent);
  });

  it('is unchanged by events that are already in it, down to its identity', () => {
    expect(applyEvents(whole, all.slice(3, 9))).toBe(whole);
  });

  it('is unharmed when rounds were read later than the job: their news is told again', () => {
    const early = applyEvents(empty(), all.slice(0, 20));
    const late = applyEvents(empty(), all.slice(0, 44));
    const torn = startView({ ...early.job, last_seq: 20 }, late.rounds, Object.values(early.approvals), all.slice(0, 20));
    expect(applyEvents(torn, all.slice(20)).rounds).toEqual(whole.rounds);
  });

  it('keeps an event that came too early until the one before it is there', () => {
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined) throw new Error('the example run is too short');
    const waiting = applyEvents(empty(), [third, second]);
    expect(waiting.seq).toBe(0);
    expect(waiting.ahead).toHaveLength(2);
    expect(applyEvents(waiting, [first]).seq).toBe(3);
  });
});

describe('what goes wrong', () => {
  const event = (kind: string, payload: Record<string, unknown>, site: string | null = null): JobEvent => ({ seq: all.length + 1, time: '2026-03-12T15:00:00Z', site, kind, payload });
  const running = applyEvents(empty(), all);

  it('names site, phase, reason and next step of a failure, and ends every lane', () => {
    const failed = applyEvents(running, [event('job.failed', { site: 'basel', phase: 'training', reason: 'disk full', next_step: 'free 4 GB' })]);
    expect(failed.job).toMatchObject({ state: 'failed', failure: { site: 'basel', phase: 'training', reason: 'disk full', next_step: 'free 4 GB' } });
    const spans = failed.rounds.flatMap(({ attempts }) => attempts.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.spans)));
    expect(spans.every(({ end }) => end !== null)).toBe(true);
  });

  it('remembers who is silent until they are back', () => {
    const silent = applyEvents(running, [event('site.silent', { since: '2026-03-12T14:59:45Z' }, 'basel')]);
    expect(silent.silentSince).toEqual({ basel: '2026-03-12T14:59:45Z' });
    const back = applyEvents(silent, [{ ...event('site.returned', {}, 'basel'), seq: all.length + 2 }]);
    expect(back.silentSince).toEqual({});
  });

  it('lets a kind that it does not know, or a payload without its parts, pass into the log only', () => {
    const odd = applyEvents(running, [event('moon.risen', { phase: 'full' }), { ...event('site.phase', {}), seq: all.length + 2 }]);
    expect(odd.seq).toBe(all.length + 2);
    expect(odd.rounds).toEqual(running.rounds);
    expect(odd.job).toEqual(running.job);
  });
});
