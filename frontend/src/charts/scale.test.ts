import { describe, expect, it } from 'vitest';
import { countTicks, dateTicks, timeTicks } from './scale';

const DAY_MS = 86_400_000;

describe('marks of an axis', () => {
  it.each([0, 1, 2, 3, 7, 8, 15, 16, 41, 99, 100, 12_345])('count from 0 to %i or above, in equal steps, never many', (largest) => {
    const ticks = countTicks(largest);
    const [first, second] = ticks;
    expect(first).toBe(0);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(1, largest));
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.every((tick, index) => tick === index * (second ?? 0) && Number.isInteger(tick))).toBe(true);
  });

  it('stand at round times of day, at least 80 pixels apart', () => {
    const from = Date.parse('2026-03-12T14:07:00Z');
    for (const width of [320, 640, 1200]) {
      const ticks = timeTicks(from, from + DAY_MS, width);
      const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
      expect((step / DAY_MS) * width).toBeGreaterThanOrEqual(80);
      expect(ticks.every((tick) => tick % step === 0 && tick >= from && tick <= from + DAY_MS)).toBe(true);
    }
  });

  it('stand at whole days over weeks and years, at times of day over hours', () => {
    const from = Date.parse('2026-01-08T14:07:00Z');
    for (const days of [3, 33, 400]) {
      const ticks = dateTicks(from, from + days * DAY_MS, 640);
      const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
      expect((step / (days * DAY_MS)) * 640).toBeGreaterThanOrEqual(110);
      expect(ticks.every((tick) => tick % DAY_MS === 0)).toBe(true);
    }
    expect(dateTicks(from, from + DAY_MS, 640)).toEqual(timeTicks(from, from + DAY_MS, 640));
  });
});
