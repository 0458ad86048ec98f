import type { Operations } from '@/api/types';
import type { Point, Series } from '@/charts/scale';
import { siteStyle } from '@/lib/sites';

/** The lines of the charts over time: colour, dash and marker fixed for each of them, and no more points than can be told apart. */

type Line = Omit<Series, 'points'>;
type Party = 'p0' | 'p1';

const ANSWERED: Line = { id: 'answered', label: 'answered', colour: 'var(--ok)', dash: '', marker: 'circle' };
const FAILED: Line = { id: 'failed', label: 'failed', colour: 'var(--bad)', dash: '3 3', marker: 'diamond' };
const WAITING: Line = { id: 'waiting', label: 'waiting', colour: 'var(--accent)', dash: '', marker: 'circle' };
const PARTIES: Record<Party, Line> = { p0: { id: 'p0', label: 'P0', ...siteStyle(0) }, p1: { id: 'p1', label: 'P1', ...siteStyle(1) } };

const MOST_POINTS = 96;

const at = (time: string) => Date.parse(time);

/** How many of the platform's buckets make one point. */
const together = ({ throughput }: Operations) => Math.max(1, Math.ceil(throughput.length / MOST_POINTS));

/** How long one point stands for. */
export const spanSeconds = (operations: Operations) => operations.bucket_seconds * together(operations);

/** So many rows at a time, counted from the end, so that the newest group is whole. */
function grouped<Row extends { at: string }>(rows: Row[], size: number, value: (group: Row[]) => number): Point[] {
  const first = rows.length % size;
  const starts = Array.from({ length: Math.floor(rows.length / size) }, (_, index) => first + index * size);
  return starts.map((start) => {
    const group = rows.slice(start, start + size);
    return { x: at(group[0]?.at ?? ''), y: value(group) };
  });
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);

export function throughputLines(operations: Operations): Series[] {
  const points = (what: 'answered' | 'failed') => grouped(operations.throughput, together(operations), (group) => sum(group.map((one) => one[what])));
  return [
    { ...ANSWERED, points: points('answered') },
    { ...FAILED, points: points('failed') },
  ];
}

export function queueLines(operations: Operations): Series[] {
  return [{ ...WAITING, points: grouped(operations.queue, together(operations), (group) => Math.max(...group.map(({ waiting }) => waiting))) }];
}

/** The lowest level in each span. A level stands until it changes; before the first that was told nothing is drawn. */
function lowest({ stock_history: history, since, until, ...rest }: Operations, party: Party): Point[] {
  const span = spanSeconds({ stock_history: history, since, until, ...rest }) * 1000;
  const points: Point[] = [];
  let standing: number | null = null;
  for (let from = at(since); from < at(until); from += span) {
    const within = history.filter((one) => at(one.at) >= from && at(one.at) < from + span).map((one) => one[party]);
    const levels: number[] = standing === null ? within : [standing, ...within];
    standing = within.at(-1) ?? standing;
    if (levels.length > 0) points.push({ x: from, y: Math.min(...levels) });
  }
  return points;
}

export function stockLines(operations: Operations): Series[] {
  return (['p0', 'p1'] as const).map((party) => ({ ...PARTIES[party], points: lowest(operations, party) }));
}

/** "minute", "5 minutes", "hour". */
export function spanWords(seconds: number): string {
  if (seconds === 3600) return 'hour';
  if (seconds === 60) return 'minute';
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
