import { scaleLinear } from 'd3-scale';

export interface Point {
  x: number;
  y: number;
  low?: number;
  high?: number;
}

/** One line of a chart. Colour never stands alone: a dash and a marker go with it. */
export interface Series {
  id: string;
  label: string;
  colour: string;
  dash: string;
  marker: 'circle' | 'square' | 'triangle' | 'diamond' | 'down' | 'plus' | 'cross' | 'hexagon';
  points: Point[];
}

export interface Box {
  width: number;
  height: number;
}

export const MARGIN = { left: 40, right: 14, top: 10, bottom: 24 };

export function scales(box: Box, x: readonly [number, number], y: readonly [number, number]) {
  return {
    x: scaleLinear([x[0], Math.max(x[1], x[0] + 1)], [MARGIN.left + 6, box.width - MARGIN.right - 4]),
    y: scaleLinear(y, [box.height - MARGIN.bottom, MARGIN.top]),
  };
}

/** Whole numbers only, as many as fit about 46 pixels apart. */
export function wholeTicks(from: number, to: number, width: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / Math.max(1, Math.floor(width / 46))));
  const nice = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].find((one) => one >= step) ?? step;
  const ticks = [];
  for (let tick = Math.ceil(from / nice) * nice; tick <= to; tick += nice) ticks.push(tick);
  return ticks;
}

/** All x that any series has, in order: where the cursor can stand. */
export function stops(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
}
