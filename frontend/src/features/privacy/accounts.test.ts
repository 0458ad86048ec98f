import { describe, expect, it } from 'vitest';
import { ledger, standings } from '@/test/privacy/ledger';
import { accountsOf, fits, mostFound, outOf100, roomOf, silent } from './accounts';
import { looksOf } from './look';
import { spendingOf } from './spending';

const NOW = Date.parse('2026-03-12T14:00:00Z');
const entries = ledger(NOW);

describe('accounts of a ledger', () => {
  it('hold what a study has spent at a site after its last report, in whatever order the reports come', () => {
    const accounts = accountsOf(entries.toReversed());
    expect(accounts.map(({ site, study, spent, budget }) => [study, site.slug, spent, budget])).toEqual([
      ['chest-xray-pneumonia', 'aalborg', 7.49, 10],
      ['chest-xray-pneumonia', 'basel', 5.84, 6],
      ['chest-xray-pneumonia', 'coimbra', 6.33, 12],
      ['ct-lung-nodules', 'basel', 1.391, 4],
    ]);
    expect(accounts[0]?.entries.map(({ cumulative }) => cumulative)).toEqual([4.467, 5.876, 7.49]);
  });

  it('know what jobs that have not ended may still spend, once that is told', () => {
    expect(accountsOf(entries).map(({ reserved }) => reserved)).toEqual([null, null, null, null]);
    const accounts = accountsOf(entries, standings(NOW));
    expect(accounts.map(({ site, reserved, reservations }) => [site.slug, reserved, reservations.length])).toEqual([
      ['aalborg', 1.13, 1],
      ['basel', 0, 0],
      ['coimbra', 1.26, 1],
      ['basel', 0, 0],
    ]);
  });

  it('are counted apart for sites of the same short name in two federations', () => {
    const elsewhere = entries.map((entry) => ({ ...entry, federation: { id: 'other', name: 'Other' } }));
    expect(accountsOf([...entries, ...elsewhere])).toHaveLength(8);
  });

  it('are found by site and by study', () => {
    expect(entries.filter((one) => fits({ site: 'basel', study: 'ct-lung-nodules' }, one))).toHaveLength(1);
    expect(entries.filter((one) => fits({}, one))).toHaveLength(entries.length);
  });

  it('name the sites that have told nothing', () => {
    const sites = [{ slug: 'basel' }, { slug: 'delft' }];
    expect(silent([{ id: entries[0]?.federation.id ?? '', sites }, { id: 'other', sites }], entries).map(({ slug }) => slug)).toEqual(['delft', 'basel', 'delft']);
  });

  it('say how much room is left', () => {
    expect([0, 7.9, 8, 9.99, 10, 11].map((spent) => roomOf({ spent, budget: 10 }))).toEqual(['plenty', 'plenty', 'little', 'little', 'none', 'none']);
  });
});

describe('what an attacker finds at most', () => {
  it('is no more than chance where nothing is spent, and all where too much is', () => {
    expect(mostFound(0, 0, 0.01)).toBeCloseTo(0.01, 12);
    expect(mostFound(50, 1e-5, 0.01)).toBeCloseTo(1, 12);
  });

  it('follows the tighter of both inequalities', () => {
    expect(mostFound(1, 0, 0.01)).toBeCloseTo(Math.E * 0.01, 12);
    expect(mostFound(8, 1e-5, 0.01)).toBeCloseTo(1 - Math.exp(-8) * (0.99 - 1e-5), 12);
  });

  it('says all only of all', () => {
    expect([mostFound(1, 0, 0.01), 0.5, 0.9997].map(outOf100)).toEqual(['2.7', '50', '99.9']);
  });
});

describe('spending over time', () => {
  const accounts = accountsOf(entries).filter(({ study }) => study === 'chest-xray-pneumonia');
  const spending = spendingOf(accounts, NOW, looksOf([]));

  it('is one line a site, up to now, with a line for each budget', () => {
    expect(spending.series.map(({ label, points }) => [label, points.length])).toEqual([['Aalborg', 3], ['Basel', 2], ['Coimbra', 2]]);
    expect(spending.limits).toEqual([{ value: 10, name: 'budget of Aalborg: 10.00' }, { value: 6, name: 'budget of Basel: 6.00' }, { value: 12, name: 'budget of Coimbra: 12.00' }]);
    expect(spending.to).toBe(NOW);
    expect(spending.from).toBeLessThan(Math.min(...spending.series.flatMap(({ points }) => points.map(({ x }) => x))));
  });

  it('says which job a step is', () => {
    const [first] = spending.series;
    const point = first?.points[1];
    if (first === undefined || point === undefined) throw new Error('the fixtures hold no step');
    expect(spending.describe(first, point, true)).toBe('Aalborg ε 5.88 of 10.00, after “Pneumonia, autumn cohort”');
    expect(spending.describe(first, point, false)).toBe('Aalborg ε 5.88 of 10.00');
  });
});
