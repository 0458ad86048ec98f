import type { EvaluationDocument, Figure, SiteEvaluation, Subgroup } from '@/api/documents';
import { type ForestGroup, type ForestRowData, sizeOf } from '@/charts/forest';
import type { Cell } from '@/lib/csv';
import { metric, plural } from '@/lib/format';
import { siteStyle } from '@/lib/sites';
import { attributeName, inOrder } from './names';

/** Subgroups and sites as rows of a forest. What is suppressed keeps its row, so that nobody takes it for absent. */

export type Measure = 'accuracy' | 'mcc';

export const MEASURES: { id: Measure; label: string }[] = [
  { id: 'accuracy', label: 'accuracy' },
  { id: 'mcc', label: 'MCC' },
];

const figures = (figure: Figure | null) => ({ value: figure?.value ?? null, low: figure?.low ?? null, high: figure?.high ?? null });

export function subgroupForest({ subgroups, n }: EvaluationDocument, measure: Measure): ForestGroup[] {
  const attributes = [...new Set(subgroups.map(({ attribute }) => attribute))];
  const row = (one: Subgroup): ForestRowData => ({
    id: one.group,
    label: one.group,
    of: one.suppressed ? 'too few images' : plural(one.n ?? 0, 'image'),
    ...figures(one.suppressed ? null : one[measure]),
    size: sizeOf(one.n, n),
    ...(one.suppressed && { note: 'not shown' }),
  });
  return attributes.map((attribute) => ({ name: attributeName(attribute), rows: inOrder(subgroups.filter((one) => one.attribute === attribute)).map(row) }));
}

type SiteLook = (slug: string) => { name: string; colour: number | null };

export function siteForest({ sites, n }: EvaluationDocument, measure: Measure, look: SiteLook): ForestGroup[] {
  const row = (one: SiteEvaluation): ForestRowData => {
    const { name, colour } = look(one.site);
    const { colour: fill, marker } = siteStyle(colour);
    return { id: one.site, label: name, of: plural(one.n, 'image'), ...figures(one[measure]), size: sizeOf(one.n, n), colour: fill, marker };
  };
  return [{ name: null, rows: sites.map(row) }];
}

/** From a round value at or below the lowest bound up to 1. */
export function domainOf(groups: readonly ForestGroup[]): { domain: [number, number]; ticks: number[] } {
  const lows = groups.flatMap(({ rows }) => rows.flatMap(({ low, value }) => low ?? value ?? []));
  const from = Math.max(-1, Math.floor(Math.min(0.75, ...lows) * 4) / 4);
  return { domain: [from, 1], ticks: Array.from({ length: Math.round((1 - from) * 4) + 1 }, (_, index) => from + index / 4) };
}

export function forestTable(groups: readonly ForestGroup[], measure: Measure): { header: string[]; rows: Cell[][] } {
  return {
    header: ['group', 'images', measure === 'mcc' ? 'MCC' : 'accuracy', 'low', 'high'],
    rows: groups.flatMap(({ name, rows }) => rows.map(({ label, of, value, low, high, note }) => [name === null ? label : `${name}: ${label}`, of, note ?? value, low, high])),
  };
}

/** Groups whose whole interval lies below the value of all: these deserve a look. */
export function behind(groups: readonly ForestGroup[], whole: number | null): string[] {
  return groups.flatMap(({ name, rows }) => rows.filter(({ high }) => high !== null && whole !== null && high < whole).map(({ label, value }) => `${name === null ? '' : `${name} `}${label} (${metric(value)})`));
}
