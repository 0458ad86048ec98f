import type { JobEvent, StepKind } from '../api/types.ts';

/** Tells an invented run as the events that a platform would write. Invented numbers, fixed for good: no chance in it. */

export interface Plot {
  start: number;
  sites: string[];
  rounds: number;
  /** Seconds that the slowest site trains in a round. */
  training: number;
  /** Bytes of one masked update. */
  update: number;
  curve: { mcc: number; accuracy: number; half: number }[];
  /** Round in which one site drops while uploading, so that a second attempt is made. */
  mishap?: number;
  /** Round in which one site is silent for a while. */
  silence?: number;
  end?: 'succeeded' | { failedIn: number; site: string; phase: string; reason: string; next_step: string };
  test?: Record<string, unknown>;
  /** What a site says when its privacy budget has no room for another round, which then is not asked for. */
  refused?: { site: string; rounds_done: number; reason: string };
  /** The one step of a job that examines a model instead of training one, and what it ends with. */
  examines?: { kind: 'scores' | 'audit'; made: Record<string, string> };
}

type Told = Omit<JobEvent, 'seq'>;

const SMALL = 1_400;

export function tell(plot: Plot): JobEvent[] {
  const told: Told[] = [];
  let now = plot.start;
  const say = (at: number, kind: string, payload: Record<string, unknown> = {}, site: string | null = null) => {
    told.push({ time: new Date(at).toISOString(), site, kind, payload });
  };
  say(now, 'job.created');
  say((now += 400), 'job.submitted');
  say((now += 600), 'job.planned', { plan_hash: '9f3c1ae077d25b60c4418ee29a0d7f3316b5c2d8847e1f09a3d6e5b2704c81fa' });
  plot.sites.forEach((site, index) => say(now + 900 + index * 1700, 'plan.approved', {}, site));
  say((now += 900 + plot.sites.length * 1700), 'job.started');

  const rounds = plot.refused === undefined ? plot.rounds : plot.refused.rounds_done;
  const steps: { kind: StepKind; round: number | null }[] = plot.examines !== undefined ? [{ kind: plot.examines.kind, round: null }] : [
    { kind: 'statistics', round: null },
    ...Array.from({ length: rounds }, (_, index) => ({ kind: 'train' as const, round: index + 1 })),
    { kind: 'evaluate', round: null },
    { kind: 'evaluate', round: null },
  ];
  for (const [number, { kind, round }] of steps.entries()) {
    const opened = (now += 350);
    const { refused } = plot;
    const asked = refused !== undefined && kind === 'evaluate' && number === rounds + 1;
    if (asked) {
      const { site, ...told } = refused;
      say(opened, 'round.opened', { number, kind: 'train', round: rounds + 1 });
      now = opened + 3_000;
      say(now, 'budget.reached', told, site);
    }
    say(now, asked ? 'round.changed' : 'round.opened', { number, kind, round });
    const failing = typeof plot.end === 'object' && plot.end.failedIn === round ? plot.end : null;
    const tries = round !== null && round === plot.mishap ? 2 : 1;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      now = tellAttempt({ plot, say, now, number, attempt, kind, round, breaks: attempt < tries, failing: failing?.site ?? null });
      if (attempt < tries) {
        const phase = 'uploading';
        say((now += 200), 'attempt.failed', { number, attempt, phase, site: plot.sites[1], reason: 'not heard for 60 s, and three sites tolerate no dropout' });
        now += 4_000;
      }
    }
    if (failing !== null) {
      say((now += 300), 'job.failed', { site: failing.site, phase: failing.phase, reason: failing.reason, next_step: failing.next_step });
      return numbered(told);
    }
    const survivors = plot.sites;
    const validatedNow = kind === 'train' && round !== null ? round - 1 : rounds;
    const figures = { round: validatedNow, loss: 1.12 - (plot.curve[validatedNow]?.mcc ?? 0) * 0.92 };
    if (plot.examines !== undefined) {
      say((now += 700), 'round.closed', { number, kind, round, survivors, seconds: (now - opened) / 1000, saturated: 0, metrics: {} });
      continue;
    }
    const metrics = kind === 'train' ? { training_loss: figures.loss - 0.03 * (round ?? 0) ** 0.6, validation: figures } : number === rounds + 1 ? { validation: figures } : {};
    say((now += 700), 'round.closed', { number, kind, round, survivors, seconds: (now - opened) / 1000, saturated: round === 2 ? 3 : 0, metrics });
    const validated = kind === 'train' && round !== null ? round - 1 : kind === 'evaluate' && number === rounds + 1 ? rounds : null;
    const point = validated === null ? undefined : plot.curve[validated];
    if (point !== undefined) {
      say(now + 5, 'model.validated', { round: validated, mcc: point.mcc, accuracy: point.accuracy, low: point.mcc - point.half, high: Math.min(1, point.mcc + point.half) });
    }
  }
  if (plot.end === 'succeeded') say((now += 500), 'job.succeeded', { best_round: plot.test?.round ?? null, test: plot.test ?? null, ...plot.examines?.made });
  return numbered(told);
}

interface Scene {
  plot: Plot;
  say: (at: number, kind: string, payload?: Record<string, unknown>, site?: string | null) => void;
  now: number;
  number: number;
  attempt: number;
  kind: StepKind;
  round: number | null;
  breaks: boolean;
  failing: string | null;
}

/** Between 0 and 1, the same for the same scene. */
const wobble = (a: number, b: number) => ((a * 7919 + b * 104_729 + 13) % 97) / 97;

function tellAttempt({ plot, say, now, number, attempt, kind, round, breaks, failing }: Scene): number {
  const { sites } = plot;
  const at = { number, attempt };
  say((now += 60), 'attempt.opened', { ...at, roster: sites });
  for (const site of sites) say(now + 10, 'site.phase', { ...at, phase: 'waiting' }, site);
  const pace = plot.training / 30;
  const ready = sites.map((site, index) => {
    let time = now + 500 * pace + 240 * index * pace;
    const enter = (phase: string, more: Record<string, unknown> = {}) => say(time, 'site.phase', { ...at, phase, ...more }, site);
    if (kind === 'train' || kind === 'scores' || kind === 'audit') {
      enter('fetching');
      time += (900 + 1100 * wobble(number, index)) * pace;
      const work = plot.training * 1000 * (0.72 + 0.1 * index + 0.08 * wobble(number + attempt, index + 3));
      const silent = round === plot.silence && index === sites.length - 1;
      for (let part = 0; part <= 8; part += 1) {
        say(time + (work * part) / 8, 'site.phase', { ...at, phase: 'training', done: part * 12, total: 96 }, site);
        if (failing === site && part === 3) return time + (work * part) / 8;
      }
      if (silent) {
        say(time + work * 0.45, 'site.silent', { since: new Date(time + work * 0.38).toISOString() }, site);
        say(time + work * 0.62, 'site.returned', {}, site);
      }
      time += work;
    } else {
      enter('training');
      time += (1200 + 900 * index) * pace;
    }
    enter('masking');
    time += (kind === 'train' ? 1900 : 150) * pace;
    enter('uploading');
    if (breaks && index === 1) return time + 9_000 * pace;
    time += (kind === 'train' ? 3600 + 900 * wobble(number, index + 9) : 120) * pace;
    say(time, 'update.received', { ...at, size_bytes: kind === 'train' ? plot.update + (number % 3) * 640 : SMALL }, site);
    say(time + 4, 'site.phase', { ...at, phase: 'waiting' }, site);
    return time + 5;
  });
  now = Math.max(...ready);
  if (breaks || failing !== null) return now;
  for (const [phase, length] of [['consenting', 260], ['unmasking', 420], ['applying', 800]] as const) {
    now += 120 * pace;
    for (const site of sites) say(now, 'site.phase', { ...at, phase }, site);
    now += length * pace;
    for (const site of sites) say(now, 'site.phase', { ...at, phase: phase === 'applying' ? 'done' : 'waiting' }, site);
  }
  return now;
}

function numbered(told: Told[]): JobEvent[] {
  return told
    .map((event, index) => ({ event, index }))
    .sort((a, b) => Date.parse(a.event.time) - Date.parse(b.event.time) || a.index - b.index)
    .map(({ event }, index) => ({ seq: index + 1, ...event }));
}
