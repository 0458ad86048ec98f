import { describe, expect, it } from 'vitest';
import { operations } from '@/test/desk/operations';
import { queueLines, spanSeconds, spanWords, stockLines, throughputLines } from './lines';

const SINCE = Date.parse('2026-03-12T00:00:00Z');
const BUCKET_S = 300;
const iso = (seconds: number) => new Date(SINCE + seconds * 1000).toISOString();

/** A day in buckets of five minutes, as the platform tells it. */
function day() {
  const buckets = Array.from({ length: 288 }, (_, index) => ({ at: iso(index * BUCKET_S), answered: index % 5, failed: index % 7 === 0 ? 1 : 0, waiting: index % 4 }));
  return { ...operations(SINCE), since: iso(0), until: iso(86_400), bucket_seconds: BUCKET_S, throughput: buckets, queue: [...buckets, { at: iso(86_400), waiting: 9 }], stock_history: [] };
}

const total = (points: { y: number }[] = []) => points.reduce((sum, { y }) => sum + y, 0);

describe('the lines of a day', () => {
  it('lose no diagnosis when buckets are put together', () => {
    const [answered, failed] = throughputLines(day());
    expect(answered?.points).toHaveLength(96);
    expect(total(answered?.points)).toBe(total(day().throughput.map(({ answered: y }) => ({ y }))));
    expect(total(failed?.points)).toBe(total(day().throughput.map(({ failed: y }) => ({ y }))));
    expect(spanWords(spanSeconds(day()))).toBe('15 minutes');
  });

  it('show the longest queue of each span, the newest too', () => {
    const [waiting] = queueLines(day());
    expect(waiting?.points.at(-1)?.y).toBe(9);
    expect(Math.max(...(waiting?.points.slice(0, -1).map(({ y }) => y) ?? []))).toBe(3);
  });

  it('show the lowest stock of each span, and a level that stands until it changes', () => {
    const history = [
      { at: iso(3_700), p0: 8, p1: 8 },
      { at: iso(3_800), p0: 2, p1: 1 },
      { at: iso(3_900), p0: 8, p1: 7 },
    ];
    const [p0, p1] = stockLines({ ...day(), stock_history: history });
    expect(p0?.points[0]).toEqual({ x: SINCE + 3_600_000, y: 2 });
    expect(p1?.points[0]).toEqual({ x: SINCE + 3_600_000, y: 1 });
    expect(p0?.points.slice(1).every(({ y }) => y === 8)).toBe(true);
    expect(p1?.points.slice(1).every(({ y }) => y === 7)).toBe(true);
    expect(p0?.points).toHaveLength(92);
  });

  it('draw nothing where nothing was told', () => {
    expect(stockLines(day()).map(({ points }) => points)).toEqual([[], []]);
    expect(throughputLines({ ...day(), throughput: [] }).map(({ points }) => points)).toEqual([[], []]);
  });
});
