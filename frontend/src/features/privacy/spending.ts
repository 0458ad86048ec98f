import type { Point, Series } from '@/charts/scale';
import type { Cell } from '@/lib/csv';
import { epsilon } from '@/lib/format';
import type { Account } from './accounts';
import type { Looks } from './look';

/** One study's accounts as a chart and a table take them. */

const MARGIN = 0.06;

export interface Spending {
  from: number;
  to: number;
  series: Series[];
  limits: { value: number; name: string }[];
  header: string[];
  rows: Cell[][];
  describe: (series: Series, standing: Point, exact: boolean) => string;
}

export function spendingOf(accounts: readonly Account[], now: number, looks: Looks): Spending {
  const series = accounts.map(({ id, federation, site, entries }) => ({
    id,
    label: site.name,
    ...looks(federation, site.slug).style,
    points: entries.map(({ reported_at, cumulative }) => ({ x: Date.parse(reported_at), y: cumulative })),
  }));
  const times = series.flatMap(({ points }) => points.map(({ x }) => x));
  const to = Math.max(now, ...times);
  const first = Math.min(to, ...times);
  const entries = accounts.flatMap(({ entries: own }) => own).sort((a, b) => a.reported_at.localeCompare(b.reported_at));
  return {
    from: first - Math.max(3_600_000, MARGIN * (to - first)),
    to,
    series,
    limits: limitsOf(accounts),
    header: ['reported', 'site', 'job', 'rounds', 'ε of the job', 'ε of the study', 'δ', 'budget'],
    rows: entries.map((one) => [one.reported_at, one.site.name, one.job_title, one.rounds, one.epsilon, one.cumulative, String(one.delta), one.budget]),
    describe: ({ id, label }, standing, exact) => {
      const account = accounts.find((one) => one.id === id);
      const by = account?.entries.find(({ reported_at }) => Date.parse(reported_at) === standing.x);
      const budget = account === undefined ? '' : ` of ${epsilon(account.budget)}`;
      return `${label} ε ${epsilon(standing.y)}${budget}${exact && by !== undefined ? `, after “${by.job_title}”` : ''}`;
    },
  };
}

/** Sites of the same budget share a line. */
function limitsOf(accounts: readonly Account[]) {
  const names = new Map<number, string[]>();
  for (const { budget, site } of accounts) names.set(budget, [...(names.get(budget) ?? []), site.name]);
  return [...names].map(([value, sites]) => ({ value, name: `budget of ${sites.join(', ')}: ${epsilon(value)}` }));
}
