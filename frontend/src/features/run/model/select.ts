import type { JobEvent } from '@/api/types';

/** Which events the log shows. Progress within a phase is drawn in the lanes and never listed. */

export type EventKind = 'rounds' | 'sites' | 'problems';

const PROBLEMS = new Set(['attempt.failed', 'budget.reached', 'job.failed', 'plan.refused', 'site.silent', 'site.returned']);
const AT_A_SITE = new Set(['site.phase', 'update.received', 'plan.approved', 'plan.refused', 'site.silent', 'site.returned']);

const isDropped = ({ kind, payload }: JobEvent) => kind === 'site.phase' && payload.phase === 'dropped';
const isProgress = ({ kind, payload }: JobEvent) => kind === 'site.phase' && typeof payload.done === 'number' && payload.done > 0;

function fits(event: JobEvent, kind: EventKind | undefined): boolean {
  switch (kind) {
    case 'rounds':
      return !AT_A_SITE.has(event.kind);
    case 'sites':
      return AT_A_SITE.has(event.kind) && !isProgress(event);
    case 'problems':
      return PROBLEMS.has(event.kind) || isDropped(event) || (event.kind === 'round.closed' && clipped(event));
    case undefined:
      return event.kind !== 'site.phase' || isDropped(event);
  }
}

function clipped({ payload: { saturated } }: JobEvent): boolean {
  if (typeof saturated === 'number') return saturated > 0;
  return typeof saturated === 'object' && saturated !== null && Object.values(saturated).some((one) => typeof one === 'number' && one > 0);
}

/** Newest first. */
export function selectEvents(events: readonly JobEvent[], kind: EventKind | undefined, site: string | undefined): JobEvent[] {
  return events.filter((event) => (site === undefined || event.site === site) && fits(event, kind)).reverse();
}
