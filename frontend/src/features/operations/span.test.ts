import { expect, it } from 'vitest';
import { operations } from '@/test/desk/operations';
import { sinceOpen } from './span';

const NOW = Date.parse('2026-03-12T14:03:24Z');
const ago = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();

it('leaves a service that has been open for a day as it is', () => {
  expect(sinceOpen(operations(NOW), ago(30))).toEqual(operations(NOW));
});

it('begins a younger one in the bucket in which it was opened, and keeps all since', () => {
  const day = operations(NOW);
  const cut = sinceOpen(day, ago(6));
  const begin = Date.parse(cut.since);
  expect(begin).toBeLessThanOrEqual(Date.parse(ago(6)));
  expect(begin).toBeGreaterThan(Date.parse(ago(6)) - day.bucket_seconds * 1000);
  expect(cut.throughput).toEqual(day.throughput.filter(({ at }) => Date.parse(at) >= begin));
  expect(cut.queue.length).toBe(cut.throughput.length);
});

it('draws an hour at least', () => {
  const cut = sinceOpen(operations(NOW), ago(0.01));
  expect(NOW - Date.parse(cut.since)).toBeGreaterThanOrEqual(3_600_000);
});
