import type { AuditDocument, AuditPicture, ControlRow, Spread, ViewFigures } from '@/api/documents';
import type { ForestGroup, ForestRowData } from '@/charts/forest';
import type { Cell } from '@/lib/csv';
import { metric, percent } from '@/lib/format';
import type { Marker } from '@/lib/sites';
import { CONTROLS, viewName } from './names';

/** An audit's parts as charts and tables take them, the positive control first: without it nothing else counts. */

export type Measure = 'mse' | 'psnr' | 'ssim';

export interface Part {
  id: string;
  name: string;
  positive: boolean;
  figures: ViewFigures;
}

export function partsOf({ positive, views, plan }: AuditDocument): Part[] {
  const several = plan.batch_sizes.length > 1;
  return [
    { id: 'positive', name: 'Positive control', positive: true, figures: positive },
    ...views.map((figures) => ({ id: `${figures.view} ${figures.batch_size}`, name: viewName(figures, several), positive: false, figures })),
  ];
}

const LOOKS: Record<ControlRow['control'], { colour: string; marker: Marker }> = {
  attack: { colour: 'var(--bad)', marker: 'circle' },
  positive: { colour: 'var(--accent)', marker: 'circle' },
  null: { colour: 'var(--hub)', marker: 'square' },
  tv_only: { colour: 'var(--hub)', marker: 'triangle' },
};

export function identificationForest(parts: readonly Part[]): ForestGroup[] {
  const row = ({ control, identification: { hits, trials, low, high } }: ControlRow): ForestRowData => ({
    id: control,
    label: CONTROLS[control].name,
    of: `${hits} of ${trials} found`,
    value: hits / trials,
    low,
    high,
    ...LOOKS[control],
  });
  return parts.map(({ name, figures }) => ({ name, rows: figures.rows.map(row) }));
}

export const MEASURES: Record<Measure, { tab: string; title: string; about: string; write: (value: number) => string; domain: [number, number]; ticks: number[] }> = {
  mse: {
    tab: 'error',
    title: 'Error of the reconstructions',
    about: 'Squared error in units of the pixels’ variance: 0 is the picture itself, 1 what the mean picture has, 2 what a stranger’s has.',
    write: metric,
    domain: [0, 2],
    ticks: [0, 0.5, 1, 1.5, 2],
  },
  psnr: { tab: 'PSNR', title: 'Peak signal to noise', about: 'In decibels; more is more alike.', write: (value) => value.toFixed(1), domain: [0, 40], ticks: [0, 10, 20, 30, 40] },
  ssim: { tab: 'SSIM', title: 'Structural similarity', about: '1 is the picture itself.', write: metric, domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
};

const three = ({ mean, p5, worst }: Spread, write: (value: number) => string) => `${write(mean)} · ${write(p5)} · ${write(worst)}`;

/** From the mean over the 5 % most exposed to the most exposed image of all. */
export function spreadForest(parts: readonly Part[], measure: Measure): ForestGroup[] {
  const { write } = MEASURES[measure];
  const row = (one: ControlRow): ForestRowData => {
    const { mean, p5, worst } = one[measure];
    return {
      id: one.control,
      label: CONTROLS[one.control].name,
      of: null,
      value: mean,
      low: Math.min(mean, worst),
      high: Math.max(mean, worst),
      text: three(one[measure], write),
      also: [
        { at: p5, marker: 'square' },
        { at: worst, marker: 'diamond' },
      ],
      colour: LOOKS[one.control].colour,
      marker: 'circle',
    };
  };
  return parts.map(({ name, figures }) => ({ name, rows: figures.rows.map(row) }));
}

export function controlTable(parts: readonly Part[]): { header: string[]; rows: Cell[][] } {
  const measures: Measure[] = ['mse', 'psnr', 'ssim'];
  return {
    header: ['view', 'control', 'images', ...measures.flatMap((one) => [`${one} mean`, `${one} 5 % most exposed`, `${one} most exposed`]), 'found', 'of', 'among', 'low', 'high', 'chance'],
    rows: parts.flatMap(({ name, figures }) =>
      figures.rows.map((row) => {
        const { hits, trials, gallery, low, high, chance } = row.identification;
        return [name, CONTROLS[row.control].name, row.n, ...measures.flatMap((one) => [row[one].mean, row[one].p5, row[one].worst]), hits, trials, gallery, low, high, chance];
      }),
    ),
  };
}

/** In words, whether the share that was found is more than guessing would find. */
export function against({ low, high, chance }: ControlRow['identification']): string {
  if (low > chance) return `above chance, ${percent(chance)}`;
  return high < chance ? `below chance, ${percent(chance)}` : `includes chance, ${percent(chance)}`;
}

/** Pictures under the parts that they belong to, in the parts' order; a part without pictures is left out. */
export function picturesOf(document: AuditDocument): { part: Part; pictures: AuditPicture[] }[] {
  return partsOf(document)
    .map((part) => ({
      part,
      pictures: document.pictures.filter(({ positive, view, batch_size: batch }) => positive === part.positive && (positive || (view === part.figures.view && batch === part.figures.batch_size))),
    }))
    .filter(({ pictures }) => pictures.length > 0);
}
