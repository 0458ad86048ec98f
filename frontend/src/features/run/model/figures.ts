import type { Attempt, Round } from '@/api/types';
import { budgetEnd } from './budget';
import type { RunView } from './view';

/** What the tiles say, worked out of the view. Estimates come from this run's own rounds, never from its wall clock. */

export const trainingRounds = (view: RunView) => view.rounds.filter(({ kind }) => kind === 'train');

export function secondsLeft(view: RunView): { low: number; high: number; rounds: number } | null {
  const done = trainingRounds(view).filter(({ state, seconds }) => state === 'closed' && seconds !== null);
  const times = done.map(({ seconds }) => seconds ?? 0).sort((a, b) => a - b);
  if (times.length === 0) return null;
  const at = (share: number) => times[Math.min(times.length - 1, Math.round(share * (times.length - 1)))] ?? 0;
  const left = budgetEnd(view) === null ? Math.max(0, view.job.rounds_total - done.length) : 0;
  return { low: at(0.25) * left, high: at(0.75) * left, rounds: times.length };
}

export function currentAttempt(round: Round | undefined): Attempt | undefined {
  return round?.attempts.at(-1);
}

export function sitesIn(attempt: Attempt | undefined): { delivered: number; all: number } {
  const lanes = attempt?.lanes ?? [];
  return { delivered: lanes.filter(({ size_bytes }) => size_bytes !== null).length, all: lanes.length };
}

/** Bytes that each site has sent: all attempts, the failed ones included. */
export function uploaded(view: RunView): { all: number; round: number | null } {
  const bySite = new Map<string, number>();
  let round: number | null = null;
  for (const each of view.rounds) {
    for (const lane of each.attempts.flatMap(({ lanes }) => lanes)) {
      if (lane.size_bytes === null) continue;
      bySite.set(lane.site, (bySite.get(lane.site) ?? 0) + lane.size_bytes);
      if (each.kind === 'train') round = lane.size_bytes;
    }
  }
  return { all: Math.max(0, ...bySite.values()), round };
}

export function saturatedValues(view: RunView): number {
  return view.rounds.reduce((sum, { saturated }) => sum + (saturated ?? 0), 0);
}

export function retries(view: RunView): number {
  return view.rounds.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
}

/** Seconds that a site worked in each training round: the one thing about a site that everybody may see. */
export function secondsBySite(view: RunView): Map<string, { x: number; y: number }[]> {
  const bySite = new Map<string, { x: number; y: number }[]>();
  for (const { round, attempts } of trainingRounds(view).filter(({ state }) => state === 'closed')) {
    for (const lane of attempts.at(-1)?.lanes ?? []) {
      const busy = lane.spans.filter(({ phase, end }) => end !== null && ['fetching', 'training', 'masking', 'uploading'].includes(phase));
      if (busy.length === 0 || round === null) continue;
      const seconds = busy.reduce((sum, { start, end }) => sum + (Date.parse(end ?? start) - Date.parse(start)) / 1000, 0);
      bySite.set(lane.site, [...(bySite.get(lane.site) ?? []), { x: round, y: seconds }]);
    }
  }
  return bySite;
}
