/** The words and signs for named states. A sign stands beside each colour, so that colour is never the only carrier. */

export interface StateLook {
  label: string;
  sign: string;
  tone: 'plain' | 'accent' | 'ok' | 'warn' | 'bad';
}

const JOB = {
  draft: { label: 'draft', sign: '○', tone: 'plain' },
  awaiting_approval: { label: 'awaiting approval', sign: '◔', tone: 'warn' },
  queued: { label: 'queued', sign: '◌', tone: 'plain' },
  running: { label: 'running', sign: '▶', tone: 'accent' },
  paused: { label: 'paused', sign: '❚❚', tone: 'warn' },
  succeeded: { label: 'succeeded', sign: '✓', tone: 'ok' },
  failed: { label: 'failed', sign: '✕', tone: 'bad' },
  cancelled: { label: 'cancelled', sign: '–', tone: 'plain' },
} as const satisfies Record<string, StateLook>;

export type JobStateName = keyof typeof JOB;

export const JOB_STATES = Object.keys(JOB) as JobStateName[];

export function jobState(state: string): StateLook {
  return (JOB as Record<string, StateLook>)[state] ?? { label: state.replaceAll('_', ' '), sign: '?', tone: 'plain' };
}

const MODEL: Record<string, StateLook> = {
  draft: { label: 'draft', sign: '○', tone: 'plain' },
  published: { label: 'published', sign: '✓', tone: 'ok' },
  retired: { label: 'retired', sign: '–', tone: 'plain' },
};

export function modelState(state: string): StateLook {
  return MODEL[state] ?? { label: state, sign: '?', tone: 'plain' };
}

export type Presence = 'present' | 'late' | 'absent' | 'never';

const LATE_AFTER_S = 20;
const ABSENT_AFTER_S = 90;

/** Agents poll every few seconds; after twenty a site is late, after ninety it is away. */
export function presence(lastSeen: string | null, now: number): Presence {
  if (lastSeen === null) return 'never';
  const seconds = (now - new Date(lastSeen).getTime()) / 1000;
  if (seconds < LATE_AFTER_S) return 'present';
  return seconds < ABSENT_AFTER_S ? 'late' : 'absent';
}

/** In the order in which a service comes to be open; the last two are ends. */
const SERVICE = {
  preparing: { label: 'preparing', sign: '▶', tone: 'accent' },
  masking: { label: 'masking', sign: '▶', tone: 'accent' },
  sharing: { label: 'sharing', sign: '▶', tone: 'accent' },
  opening: { label: 'opening', sign: '▶', tone: 'accent' },
  signing: { label: 'signing', sign: '▶', tone: 'accent' },
  open: { label: 'open', sign: '✓', tone: 'ok' },
  closed: { label: 'closed', sign: '–', tone: 'plain' },
  failed: { label: 'failed', sign: '✕', tone: 'bad' },
} as const satisfies Record<string, StateLook>;

export type ServiceStateName = keyof typeof SERVICE;

export const SERVICE_STATES = Object.keys(SERVICE) as ServiceStateName[];

export function serviceState(state: string): StateLook {
  return (SERVICE as Record<string, StateLook>)[state] ?? { label: state.replaceAll('_', ' '), sign: '?', tone: 'plain' };
}

const VERDICT = {
  'audit invalid': { label: 'audit invalid', sign: '!', tone: 'warn' },
  'leak shown': { label: 'leak shown', sign: '✕', tone: 'bad' },
  'no leak shown': { label: 'no leak shown', sign: '✓', tone: 'ok' },
} as const satisfies Record<string, StateLook>;

/** What an attack audit came to. */
export function verdictLook(verdict: string): StateLook {
  return (VERDICT as Record<string, StateLook>)[verdict] ?? { label: verdict, sign: '?', tone: 'plain' };
}
