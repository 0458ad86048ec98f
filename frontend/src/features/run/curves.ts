import { scaleLinear } from 'd3-scale';
import type { CurvePoint, Round } from '@/api/types';
import type { Series } from '@/charts/scale';
import type { Cell } from '@/lib/csv';
import { duration, interval, metric, percent } from '@/lib/format';
import { number, object } from '@/lib/read';
import { siteStyle } from '@/lib/sites';
import { secondsBySite } from './model/figures';
import type { RunView } from './model/view';
import type { SiteBook } from './siteBook';

/** The curves of a run. Of one site only the time may be known; what it learned is nowhere but in the sum. */

export type ChartName = 'mcc' | 'accuracy' | 'loss' | 'seconds';

export const CHARTS: readonly { id: ChartName; label: string }[] = [
  { id: 'mcc', label: 'MCC' },
  { id: 'accuracy', label: 'accuracy' },
  { id: 'loss', label: 'loss' },
  { id: 'seconds', label: 'time by site' },
];

export interface Curve {
  title: string;
  empty: string;
  note?: string;
  first: number;
  header: string[];
  rows: Cell[][];
  series: Series[];
  yDomain: [number, number];
  yTicks: number[];
  formatY: (value: number) => string;
  describe: (series: Series, x: number) => string | null;
}

const TOGETHER = { colour: 'var(--accent)', dash: '', marker: 'circle' } as const;

function unit(low: number): Pick<Curve, 'yDomain' | 'yTicks'> {
  const quarters = low < 0 ? Math.ceil(-low * 4) : 0;
  return { yDomain: [-quarters / 4, 1], yTicks: Array.from({ length: quarters + 5 }, (_, index) => (index - quarters) / 4) };
}

function mcc(points: readonly CurvePoint[]): Curve {
  return {
    title: 'Validation MCC by round',
    empty: 'The first value comes when the second round closes: a model is validated at the sites that train it on.',
    note: '95 % interval',
    first: points[0]?.round ?? 0,
    header: ['round', 'MCC', 'low', 'high'],
    rows: points.map(({ round, mcc: value, low, high }) => [round, value, low, high]),
    series: [{ id: 'mcc', label: 'all sites together', ...TOGETHER, points: points.map(({ round, mcc: y, low, high }) => ({ x: round, y, low, high })) }],
    ...unit(Math.min(...points.map(({ low }) => low))),
    formatY: metric,
    describe: ({ points: all }, x) => {
      const at = all.find((point) => point.x === x);
      return at === undefined ? null : `MCC ${metric(at.y)} ${interval(at.low, at.high)}`;
    },
  };
}

function accuracy(points: readonly CurvePoint[]): Curve {
  const known = points.filter((point) => Number.isFinite(point.accuracy));
  return {
    title: 'Validation accuracy by round',
    empty: 'The first value comes when the second round closes.',
    first: known[0]?.round ?? 0,
    header: ['round', 'accuracy'],
    rows: known.map((point) => [point.round, point.accuracy]),
    series: [{ id: 'accuracy', label: 'all sites together', ...TOGETHER, points: known.map((point) => ({ x: point.round, y: point.accuracy })) }],
    ...unit(0),
    formatY: (value) => `${Math.round(value * 100)} %`,
    describe: ({ points: all }, x) => {
      const at = all.find((point) => point.x === x);
      return at === undefined ? null : `accuracy ${percent(at.y)}`;
    },
  };
}

function lossOf(round: Round, split: 'training' | 'validation'): { x: number; y: number } | null {
  const figures = split === 'validation' ? object(round.metrics ?? {}, 'validation') : null;
  const x = split === 'training' ? round.round : figures && number(figures, 'round');
  const y = split === 'training' ? number(round.metrics ?? {}, 'training_loss') : figures && number(figures, 'loss');
  return x === null || y === null ? null : { x, y };
}

function loss({ rounds }: RunView): Curve {
  const training = rounds.flatMap((round) => lossOf(round, 'training') ?? []);
  const validation = rounds.flatMap((round) => lossOf(round, 'validation') ?? []);
  const ticks = scaleLinear([0, Math.max(0.1, ...[...training, ...validation].map(({ y }) => y))], [0, 1]).nice(4).ticks(4);
  const places = [...new Set([...training, ...validation].map(({ x }) => x))].sort((a, b) => a - b);
  const at = (points: { x: number; y: number }[], x: number) => points.find((point) => point.x === x)?.y ?? null;
  return {
    title: 'Loss by round',
    empty: 'It is known when the first round closes.',
    first: places[0] ?? 0,
    header: ['round', 'training', 'validation'],
    rows: places.map((x) => [x, at(training, x), at(validation, x)]),
    series: [
      { id: 'validation', label: 'validation, all sites together', ...TOGETHER, points: validation },
      { id: 'training', label: 'training, all sites together', colour: 'var(--hub)', dash: '5 4', marker: 'square', points: training },
    ],
    yDomain: [0, ticks.at(-1) ?? 1],
    yTicks: ticks,
    formatY: metric,
    describe: ({ points, id }, x) => (at(points, x) === null ? null : `${id} ${metric(at(points, x))}`),
  };
}

function seconds(run: RunView, book: SiteBook): Curve {
  const bySite = [...secondsBySite(run)].sort(([a], [b]) => a.localeCompare(b));
  const rounds = [...new Set(bySite.flatMap(([, points]) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const top = Math.max(1, ...bySite.flatMap(([, points]) => points.map(({ y }) => y)));
  const ticks = scaleLinear([0, top], [0, 1]).nice(4).ticks(4);
  return {
    title: 'Time at work by site and round',
    empty: 'It is known when the first round closes.',
    first: 1,
    header: ['round', ...bySite.map(([slug]) => `${book(slug).name}, s`)],
    rows: rounds.map((round) => [round, ...bySite.map(([, points]) => points.find(({ x }) => x === round)?.y ?? null)]),
    series: bySite.map(([slug, points]) => ({ id: slug, label: book(slug).name, ...siteStyle(book(slug).colour), points })),
    yDomain: [0, ticks.at(-1) ?? top],
    yTicks: ticks,
    formatY: (value) => duration(value).replace('.0', ''),
    describe: ({ points, label }, x) => {
      const at = points.find((point) => point.x === x);
      return at === undefined ? null : `${label} ${duration(at.y)}`;
    },
  };
}

export function curveOf(name: ChartName, run: RunView, book: SiteBook): Curve {
  if (name === 'seconds') return seconds(run, book);
  if (name === 'loss') return loss(run);
  return name === 'accuracy' ? accuracy(run.job.curve) : mcc(run.job.curve);
}
