import type { Operations } from '@/api/types';
import type { Series } from '@/charts/scale';
import { siteStyle } from '@/lib/sites';

/** The lines of the charts over time: colour, dash and marker fixed for each of them, here and nowhere else. */

type Line = Omit<Series, 'points'>;

const ANSWERED: Line = { id: 'answered', label: 'answered', colour: 'var(--ok)', dash: '', marker: 'circle' };
const FAILED: Line = { id: 'failed', label: 'failed', colour: 'var(--bad)', dash: '3 3', marker: 'cross' };
const WAITING: Line = { id: 'waiting', label: 'waiting', colour: 'var(--accent)', dash: '', marker: 'circle' };
const P0: Line = { id: 'p0', label: 'P0', ...siteStyle(0) };
const P1: Line = { id: 'p1', label: 'P1', ...siteStyle(1) };

const at = (time: string) => Date.parse(time);

export function throughputLines({ throughput }: Operations): Series[] {
  return [
    { ...ANSWERED, points: throughput.map((one) => ({ x: at(one.at), y: one.answered })) },
    { ...FAILED, points: throughput.map((one) => ({ x: at(one.at), y: one.failed })) },
  ];
}

export function queueLines({ queue }: Operations): Series[] {
  return [{ ...WAITING, points: queue.map((one) => ({ x: at(one.at), y: one.waiting })) }];
}

/** Levels stand until they change: each line is drawn in steps, and on to the end of the span. */
export function stockLines({ stock_history: history, until }: Operations): Series[] {
  const last = history.at(-1);
  const whole = last === undefined ? [] : [...history, { ...last, at: until }];
  const points = (party: 'p0' | 'p1') => whole.map((one) => ({ x: at(one.at), y: one[party] }));
  return [
    { ...P0, points: points('p0') },
    { ...P1, points: points('p1') },
  ];
}

/** "minute", "5 minutes", "hour": how long one point stands for. */
export function bucketWords(seconds: number): string {
  if (seconds === 3600) return 'hour';
  if (seconds === 60) return 'minute';
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
