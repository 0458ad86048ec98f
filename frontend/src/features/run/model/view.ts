import type { Approval, Attempt, Job, JobEvent, Lane, Round } from '@/api/types';
import { text } from '@/lib/read';

/** Everything the live page shows, as one value: a snapshot by REST plus the events after it. It knows no network. */
export interface RunView {
  job: Job;
  rounds: Round[];
  approvals: Record<string, Approval>;
  silentSince: Record<string, string>;
  events: JobEvent[];
  /** All events up to this number are in the view. */
  seq: number;
  /** Events that came before one they follow; they wait here until it is there. */
  ahead: JobEvent[];
  /** The job had ended when the snapshot was taken: nothing more will come. */
  settled: boolean;
}

export function startView(job: Job, rounds: Round[], approvals: Approval[], log: JobEvent[]): RunView {
  const events = [...log].filter(({ seq }) => seq <= job.last_seq).sort((a, b) => a.seq - b.seq);
  return {
    job,
    rounds: [...rounds].sort((a, b) => a.number - b.number),
    approvals: Object.fromEntries(approvals.map((approval) => [approval.site.slug, approval])),
    silentSince: job.finished_at === null ? events.reduce(heardOf, {}) : {},
    events,
    seq: job.last_seq,
    ahead: [],
    settled: job.finished_at !== null,
  };
}

/** Who has not been heard, and since when: the last word on each site counts. */
export function heardOf(silentSince: Record<string, string>, { kind, site, time, payload }: JobEvent): Record<string, string> {
  if (site === null) return silentSince;
  if (kind === 'site.silent') return { ...silentSince, [site]: text(payload, 'since') ?? time };
  return kind === 'site.returned' ? Object.fromEntries(Object.entries(silentSince).filter(([slug]) => slug !== site)) : silentSince;
}

/** Replaces the round of that number, or puts a new one in its place. */
export function withRound(view: RunView, number: number, change: (round: Round | undefined) => Round): RunView {
  const before = view.rounds.find((round) => round.number === number);
  const after = change(before);
  const others = view.rounds.filter((round) => round.number !== number);
  return { ...view, rounds: [...others, after].sort((a, b) => a.number - b.number) };
}

export function withAttempt(round: Round, number: number, change: (attempt: Attempt | undefined) => Attempt): Round {
  const before = round.attempts.find((attempt) => attempt.number === number);
  const others = round.attempts.filter((attempt) => attempt.number !== number);
  return { ...round, attempts: [...others, change(before)].sort((a, b) => a.number - b.number) };
}

export function withLane(attempt: Attempt, site: string, change: (lane: Lane) => Lane): Attempt {
  const empty: Lane = { site, phase: 'waiting', spans: [], progress: null, size_bytes: null };
  const before = attempt.lanes.find((lane) => lane.site === site) ?? empty;
  const others = attempt.lanes.filter((lane) => lane.site !== site);
  return { ...attempt, lanes: [...others, change(before)].sort((a, b) => a.site.localeCompare(b.site)) };
}
