import { expect, it } from 'vitest';
import { AS_IT_CAME, greyTable } from './window';

const at = (grey: number, window = AS_IT_CAME) => greyTable(window)[Math.round(grey * 65_535)];

it('shows the picture as it came until somebody changes the window', () => {
  expect([at(0), at(0.5), at(1)]).toEqual([0, 128, 255]);
});

it('brightens, hardens and inverts', () => {
  expect(at(0.5, { ...AS_IT_CAME, brightness: 60 })).toBeGreaterThan(150);
  expect(at(0.6, { ...AS_IT_CAME, contrast: 70 })).toBeGreaterThan(at(0.6) ?? 255);
  expect(at(0.4, { ...AS_IT_CAME, contrast: 70 })).toBeLessThan(at(0.4) ?? 0);
  expect([at(0, { ...AS_IT_CAME, inverted: true }), at(1, { ...AS_IT_CAME, inverted: true })]).toEqual([255, 0]);
});
