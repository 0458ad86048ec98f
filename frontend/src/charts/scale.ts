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
  /** Whether the axes are named, which takes a line of text above and one below. */
  named?: boolean;
}

export const MARGIN = { left: 40, right: 14, top: 10, bottom: 24 };
const NAME = 18;

/** Where the plot itself begins and ends, between the marks of its axes. */
export function plotOf({ width, height, named = false }: Box) {
  const name = named ? NAME : 0;
  return { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top + name, bottom: height - MARGIN.bottom - name };
}

export function scales(box: Box, x: readonly [number, number], y: readonly [number, number]) {
  const plot = plotOf(box);
  return {
    x: scaleLinear([x[0], Math.max(x[1], x[0] + 1)], [plot.left + 6, plot.right - 4]),
    y: scaleLinear(y, [plot.bottom, plot.top]),
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

const MINUTE_MS = 60_000;
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS);

/** Round times of day, about 80 pixels apart at least. */
export function timeTicks(from: number, to: number, width: number): number[] {
  const least = (to - from) / Math.max(1, Math.floor(width / 80));
  const step = TIME_STEPS.find((one) => one >= least) ?? 1440 * MINUTE_MS;
  const ticks = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

const DAY_MS = 1440 * MINUTE_MS;
const DAY_STEPS = [1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY_MS);

/** Whole days, about 110 pixels apart at least; times of day where everything is within two days. */
export function dateTicks(from: number, to: number, width: number): number[] {
  if (to - from < 2 * DAY_MS) return timeTicks(from, to, width);
  const least = (to - from) / Math.max(1, Math.floor(width / 110));
  const step = DAY_STEPS.find((one) => one >= least) ?? 364 * DAY_MS;
  const ticks = [];
  for (let tick = Math.ceil(from / DAY_MS) * DAY_MS; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

/** From 0 up in three to five equal steps of 1, 2 or 5 times a power of ten, to above the largest value. */
export function countTicks(largest: number): number[] {
  const rough = Math.max(1, largest) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough);
  return Array.from({ length: Math.max(1, Math.ceil(Math.max(1, largest) / step)) + 1 }, (_, index) => index * step);
}

/** Marks of an axis of shares. */
export const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** All x that any series has, in order: where the cursor can stand. */
export function stops(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
}
