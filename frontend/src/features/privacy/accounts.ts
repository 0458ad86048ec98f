import type { LedgerEntry, Reservation, StudyAccount } from '@/api/types';

/** The ledger's rows as accounts: what one study has spent at one site, job after job. */

export interface LedgerFilter {
  federation?: string | undefined;
  site?: string | undefined;
  study?: string | undefined;
}

export interface Account {
  id: string;
  federation: string;
  site: LedgerEntry['site'];
  study: string;
  /** Oldest first. */
  entries: LedgerEntry[];
  spent: number;
  /** By how much jobs that have not ended may add to it; null until that is known. */
  reserved: number | null;
  reservations: readonly Reservation[];
  delta: number;
  budget: number;
}

const idOf = ({ study, site, federation }: Pick<LedgerEntry, 'study' | 'site' | 'federation'>) => [study, site.slug, federation.id].join(' ');

const byTime = (a: LedgerEntry, b: LedgerEntry) => a.reported_at.localeCompare(b.reported_at);

export function accountsOf(entries: readonly LedgerEntry[], standings: readonly StudyAccount[] = []): Account[] {
  const promised = new Map(standings.map((one) => [idOf(one), one]));
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const id = idOf(entry);
    groups.set(id, [...(groups.get(id) ?? []), entry]);
  }
  const accounts = [...groups].flatMap(([id, unordered]) => {
    const own = unordered.toSorted(byTime);
    const last = own.at(-1);
    if (last === undefined) return [];
    const { site, study, cumulative: spent, delta, budget, federation } = last;
    const standing = promised.get(id);
    return [{ id, federation: federation.id, site, study, entries: own, spent, reserved: standing?.reserved ?? null, reservations: standing?.reservations ?? [], delta, budget }];
  });
  return accounts.sort((a, b) => a.study.localeCompare(b.study) || a.site.name.localeCompare(b.site.name));
}

export function fits({ site, study }: LedgerFilter, entry: LedgerEntry): boolean {
  return (site === undefined || entry.site.slug === site) && (study === undefined || entry.study === study);
}

/** Sites of federations that have told nothing: they keep their ledgers to themselves, or have spent nothing. */
export function silent<Member extends { slug: string }>(federations: readonly { id: string; sites: readonly Member[] }[], entries: readonly LedgerEntry[]): Member[] {
  const told = new Set(entries.map(({ federation, site }) => `${federation.id} ${site.slug}`));
  return federations.flatMap(({ id, sites }) => sites.filter(({ slug }) => !told.has(`${id} ${slug}`)));
}

export type Room = 'plenty' | 'little' | 'none';

const LITTLE = 0.8;

/** How much of the budget is left, in a word. */
export function roomOf({ spent, budget }: Pick<Account, 'spent' | 'budget'>): Room {
  if (spent >= budget) return 'none';
  return spent >= LITTLE * budget ? 'little' : 'plenty';
}

/**
 * The largest share of members that any test finds which is wrong about a share `alarms` of everybody else.
 * Both inequalities of (epsilon, delta) hold: hits <= e^eps alarms + delta, and misses >= e^-eps (1 - delta - alarms).
 */
export function mostFound(epsilon: number, delta: number, alarms: number): number {
  const bySize = Math.exp(epsilon) * alarms + delta;
  const byMisses = 1 - Math.exp(-epsilon) * (1 - delta - alarms);
  return Math.min(1, bySize, byMisses);
}

/** With a decimal near the ends, and never more than it is, so that all is said only of all. */
export function outOf100(share: number): string {
  const found = share * 100;
  return found > 99 ? (Math.floor(found * 10) / 10).toFixed(1) : found < 9.95 ? found.toFixed(1) : String(Math.round(found));
}
