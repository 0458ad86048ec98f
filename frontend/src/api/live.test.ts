import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followJob, liveAddress } from './live';

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readyState = 0;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  close() {
    this.readyState = 3;
  }

  say(...numbers: number[]) {
    for (const seq of numbers) this.onmessage?.({ data: JSON.stringify({ seq, time: '', site: null, kind: 'x', payload: {} }) });
  }

  breakOff(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const stops: (() => void)[] = [];

function follow(after = 0) {
  const seen: number[] = [];
  const states: string[] = [];
  const stop = followJob(
    'j1',
    after,
    { onEvent: ({ seq }) => seen.push(seq), onState: (state) => states.push(state) },
    { socket: FakeSocket as unknown as typeof WebSocket, random: () => 1 },
  );
  stops.push(stop);
  return { seen, states, stop };
}

const last = () => {
  const socket = FakeSocket.all.at(-1);
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
};

describe('followJob', () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
    vi.useRealTimers();
  });

  it('asks for what comes after the last number seen', () => {
    expect(liveAddress('j1', 41, 'https://hub.example')).toBe('wss://hub.example/ws/jobs/j1?after=41');
    follow(41);
    expect(last().url).toMatch(/after=41$/);
  });

  it('passes each event on once, also when the replay overlaps', () => {
    const { seen } = follow();
    last().say(1, 2, 2, 1, 3);
    last().breakOff();
    vi.advanceTimersByTime(500);
    expect(last().url).toMatch(/after=3$/);
    last().say(2, 3, 4);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('waits longer after each failure, at most fifteen seconds, and begins anew after a success', () => {
    const { states } = follow();
    for (const delay of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const before = FakeSocket.all.length;
      last().breakOff();
      vi.advanceTimersByTime(delay - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
    last().onopen?.();
    last().breakOff();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(9);
    expect(states).toContain('live');
    expect(states.at(-1)).toBe('reconnecting');
  });

  it('does not come back where it is forbidden or the job is not known', () => {
    const forbidden = follow();
    last().breakOff(4403);
    const unknown = follow();
    last().breakOff(4404);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(2);
    expect(forbidden.states.at(-1)).toBe('forbidden');
    expect(unknown.states.at(-1)).toBe('unknown');
  });

  it('is quiet after it was stopped', () => {
    const { seen, stop } = follow();
    const socket = last();
    stop();
    socket.breakOff();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  it('does not wait for the timer when the machine comes back online', () => {
    follow();
    last().breakOff();
    window.dispatchEvent(new Event('online'));
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('does not trust a socket that was open while the machine was offline: it may be dead without a word', () => {
    const { seen, states } = follow();
    const old = last();
    old.onopen?.();
    old.say(1, 2);
    window.dispatchEvent(new Event('online'));
    expect(old.readyState).toBe(3);
    expect(last().url).toMatch(/after=2$/);
    expect(states.at(-1)).toBe('reconnecting');
    last().onopen?.();
    old.breakOff();
    vi.advanceTimersByTime(60_000);
    last().say(2, 3);
    expect(FakeSocket.all).toHaveLength(2);
    expect(states.at(-1)).toBe('live');
    expect(seen).toEqual([1, 2, 3]);
  });
});
