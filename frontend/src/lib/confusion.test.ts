import { describe, expect, it } from 'vitest';
import { perClass, wilson } from './confusion';

describe('perClass', () => {
  const figures = perClass([[8, 2, 0], [1, 6, 3], [0, 0, 0]], ['normal', 'bacterial', 'viral']);

  it('counts hits by row and what was said by column', () => {
    expect(figures[0]).toMatchObject({ name: 'normal', n: 10, sensitivity: 0.8, precision: 8 / 9, specificity: 0.9 });
    expect(figures[1]).toMatchObject({ n: 10, sensitivity: 0.6, specificity: 0.8 });
  });

  it('says nothing about a class that does not occur', () => {
    expect(figures[2]?.n).toBe(0);
    expect(figures[2]?.sensitivity).toBeNaN();
  });
});

it('gives the interval of Wilson, also at the ends', () => {
  const [low, high] = wilson(8, 10);
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
  expect(wilson(0, 10)[0]).toBe(0);
  expect(wilson(10, 10)[1]).toBeCloseTo(1, 12);
});
