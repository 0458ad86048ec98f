import type { JobEvent, StepKind } from '@/api/types';
import { bytes, clock, count, duration, interval, metric, plural, shortHash } from '@/lib/format';
import { type Json, number, text, total, words } from '@/lib/read';
import { asPhase } from './model/lanes';
import { phaseLook } from './phases';
import type { SiteBook } from './siteBook';

/** An event as a sentence whose subject is the site or the hub. */

export interface Sentence {
  text: string;
  tone: 'plain' | 'warn' | 'bad';
}

/** What kind of step a number stands for. */
export type KindOf = (step: number) => StepKind;

type Writer = (payload: Json, book: SiteBook, kind: StepKind) => string;

const STEPS: Readonly<Record<string, string>> = { statistics: 'the data statistics', evaluate: 'an evaluation', scores: 'the counting of answers', audit: 'the attack' };

function step(payload: Json): string {
  const kind = text(payload, 'kind');
  const round = number(payload, 'round');
  if (round !== null) return `round ${count(round)}`;
  return STEPS[kind ?? ''] ?? `step ${count(number(payload, 'number'))}`;
}

const because = (payload: Json) => (text(payload, 'reason') === null ? '' : `: ${text(payload, 'reason') ?? ''}`);
const at = (payload: Json, book: SiteBook) => (text(payload, 'site') === null ? '' : ` at ${book(text(payload, 'site') ?? '').name}`);
const during = (payload: Json) => (text(payload, 'phase') === null ? '' : ` in phase ${text(payload, 'phase') ?? ''}`);

function saturation(payload: Json): string {
  const values = total(payload, 'saturated');
  if (values === null) return '';
  return values === 0 ? ', no value clipped' : `, ${plural(values, 'value')} clipped`;
}

const WRITERS: Readonly<Record<string, Writer>> = {
  'job.created': () => 'drafted this job',
  'job.submitted': () => 'asked the sites to approve',
  'job.planned': (payload) => `fixed the plan ${shortHash(text(payload, 'plan_hash'))}`,
  'plan.approved': () => 'signed the plan',
  'plan.refused': (payload) => `refused the plan${because(payload)}`,
  'job.started': () => 'started the job',
  'job.paused': () => 'paused the job',
  'job.resumed': () => 'resumed the job',
  'job.cancelled': () => 'cancelled the job',
  'job.succeeded': (payload) => {
    if (text(payload, 'evaluation') !== null) return 'finished the evaluation';
    if (text(payload, 'attack_audit') !== null) return 'finished the attack audit';
    return `finished the job; the best model is of round ${count(number(payload, 'best_round'))}`;
  },
  'job.failed': (payload, book) => `gave the job up${at(payload, book)}${during(payload)}${because(payload)}`,
  'round.opened': (payload) => `opened ${step(payload)}`,
  'round.changed': (payload) => `asked ${step(payload)} instead`,
  'attempt.opened': (payload) => {
    const attempt = number(payload, 'attempt') ?? 1;
    return `asked ${plural(words(payload, 'roster').length, 'site')}${attempt > 1 ? `, attempt ${count(attempt)}` : ''}`;
  },
  'attempt.failed': (payload, book) => `gave up attempt ${count(number(payload, 'attempt'))}${at(payload, book)}${during(payload)}${because(payload)}`,
  'site.phase': (payload, _, kind) => {
    const phase = asPhase(text(payload, 'phase'));
    if (phase === null) return 'entered a phase';
    if (phase === 'dropped') return 'dropped out';
    return `${phase === 'done' || phase === 'waiting' ? 'is' : 'began'} ${phaseLook(phase, kind).doing}`;
  },
  'update.received': (payload, _, kind) => `delivered its masked ${kind === 'train' ? 'update' : kind === 'audit' ? 'figures' : 'counts'}, ${bytes(number(payload, 'size_bytes'))}`,
  'round.closed': (payload) => `closed ${step(payload)} with ${plural(words(payload, 'survivors').length, 'site')} in ${duration(number(payload, 'seconds'))}${saturation(payload)}`,
  'model.validated': (payload) => `validated the model of round ${count(number(payload, 'round'))}: MCC ${metric(number(payload, 'mcc'))} ${interval(number(payload, 'low'), number(payload, 'high'))}`,
  'budget.reached': (payload) => `ended the training after ${plural(number(payload, 'rounds_done') ?? 0, 'round')}${because(payload)}`,
  'site.silent': (payload) => `has not been heard since ${clock(text(payload, 'since'))}`,
  'site.returned': () => 'is back',
};

const BAD = new Set(['job.failed', 'plan.refused']);
const WARN = new Set(['attempt.failed', 'site.silent', 'job.cancelled', 'budget.reached']);

export function eventText(event: JobEvent, book: SiteBook, kindOf: KindOf): Sentence {
  const dropped = event.kind === 'site.phase' && event.payload.phase === 'dropped';
  const tone = BAD.has(event.kind) ? 'bad' : WARN.has(event.kind) || dropped ? 'warn' : 'plain';
  return { text: WRITERS[event.kind]?.(event.payload, book, kindOf(number(event.payload, 'number') ?? 0)) ?? event.kind.replace('.', ' '), tone };
}
