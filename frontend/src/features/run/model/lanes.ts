import type { Attempt, Lane, Phase, Progress } from '@/api/types';

const PHASES: readonly Phase[] = [
  'waiting', 'fetching', 'training', 'masking', 'uploading', 'consenting', 'unmasking', 'applying', 'done', 'dropped',
];

export function asPhase(name: string | null): Phase | null {
  return PHASES.find((phase) => phase === name) ?? null;
}

export const isFinal = (phase: Phase) => phase === 'done' || phase === 'dropped';

/** A site enters a phase, or reports progress within it. Told again, or told late, nothing changes. */
export function enterPhase(lane: Lane, phase: Phase, time: string, progress: Progress | null): Lane {
  const last = lane.spans.at(-1);
  if (last !== undefined && Date.parse(last.start) > Date.parse(time)) return lane;
  if (last !== undefined && last.phase === phase) return { ...lane, phase, progress: progress ?? lane.progress };
  const spans = last === undefined || last.end !== null ? lane.spans : [...lane.spans.slice(0, -1), { ...last, end: time }];
  const opened = { phase, start: time, end: isFinal(phase) ? time : null };
  return { ...lane, phase, progress, spans: [...spans, opened] };
}

/** Nothing goes on in this lane any more. */
export function endLane(lane: Lane, time: string): Lane {
  return { ...lane, progress: null, spans: lane.spans.map((span) => (span.end === null ? { ...span, end: time } : span)) };
}

/** From when to when an attempt is drawn. Sites may still be applying the sum after the attempt has closed. */
export function extent({ opened_at, closed_at, lanes }: Attempt, jobEnded: boolean, now: number): { start: number; end: number; open: boolean } {
  const start = Date.parse(opened_at);
  const spans = lanes.flatMap((lane) => lane.spans);
  const open = !jobEnded && (closed_at === null || spans.some(({ end }) => end === null));
  const last = Math.max(start + 1, ...[closed_at, ...spans.flatMap((span) => [span.start, span.end])].map((time) => (time === null ? 0 : Date.parse(time))));
  return { start, end: open ? Math.max(now, last) : last, open };
}
