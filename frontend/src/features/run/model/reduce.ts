import type { Attempt, CurvePoint, Failure, JobEvent, JobState, Round, StepKind } from '@/api/types';
import { number, object, text, total, words } from '@/lib/read';
import { asPhase, endLane, enterPhase } from './lanes';
import { heardOf, type RunView, withAttempt, withLane, withRound } from './view';

/** Old view + events = new view. Events may come twice and in any order; the outcome is the same. */

type Reducer = (view: RunView, event: JobEvent) => RunView;

export function applyEvents(view: RunView, events: readonly JobEvent[]): RunView {
  const known = new Map([...view.ahead, ...events].filter(({ seq }) => seq > view.seq).map((event) => [event.seq, event]));
  let next = view;
  for (let event = known.get(next.seq + 1); event !== undefined; event = known.get(next.seq + 1)) {
    known.delete(event.seq);
    next = { ...(REDUCERS[event.kind]?.(next, event) ?? next), seq: event.seq, events: [...next.events, event] };
  }
  const ahead = [...known.values()].sort((a, b) => a.seq - b.seq);
  return next === view && ahead.length === view.ahead.length ? view : { ...next, ahead };
}

const inState = (view: RunView, state: JobState): RunView => ({ ...view, job: { ...view.job, state } });

function ended(view: RunView, state: JobState, time: string): RunView {
  const rounds = view.rounds.map((round) => ({
    ...round,
    ...(round.state === 'open' && { state: state === 'failed' ? ('failed' as const) : ('cancelled' as const), closed_at: time }),
    attempts: round.attempts.map((attempt) => (attempt.closed_at === null ? endAttempt(attempt, time) : attempt)),
  }));
  return { ...view, rounds, silentSince: {}, job: { ...view.job, state, finished_at: time } };
}

function endAttempt(attempt: Attempt, time: string): Attempt {
  return { ...attempt, closed_at: time, lanes: attempt.lanes.map((lane) => endLane(lane, time)) };
}

function failureOf({ site, payload }: JobEvent): Failure {
  return {
    site: text(payload, 'site') ?? site,
    phase: text(payload, 'phase'),
    reason: text(payload, 'reason') ?? 'no reason was given',
    next_step: text(payload, 'next_step') ?? '',
  };
}

function decided(view: RunView, event: JobEvent, decision: 'approve' | 'refuse'): RunView {
  if (event.site === null) return view;
  const site = view.job.roster.find(({ slug }) => slug === event.site) ?? { slug: event.site, name: event.site };
  const approval = { site, decision, reason: text(event.payload, 'reason') ?? '', decided_at: event.time };
  return { ...view, approvals: { ...view.approvals, [event.site]: approval } };
}

function emptyRound(event: JobEvent, at: number): Round {
  const kind = text(event.payload, 'kind');
  return {
    number: at,
    kind: (['statistics', 'train', 'evaluate', 'scores', 'audit'] as const).find((one): one is StepKind => one === kind) ?? 'train',
    round: number(event.payload, 'round'),
    state: 'open',
    opened_at: event.time,
    closed_at: null,
    seconds: null,
    survivors: [],
    metrics: null,
    saturated: null,
    attempts: [],
  };
}

/** A round that no site has room for is asked something else: the evaluation that ends the job. */
function asked(round: Round, event: JobEvent): Round {
  const { kind, round: number } = emptyRound(event, round.number);
  return { ...round, kind, round: number };
}

/** Opens a round, or changes what it asks; jobs of before said that it opened again. */
function opened(view: RunView, event: JobEvent): RunView {
  const at = number(event.payload, 'number');
  return at === null ? view : withRound(view, at, (round) => (round === undefined ? emptyRound(event, at) : asked(round, event)));
}

function emptyAttempt(at: number, time: string): Attempt {
  return { number: at, state: 'open', phase: null, opened_at: time, closed_at: null, failure: null, lanes: [] };
}

/** Changes the attempt that the event names, in the round that it names. */
function onAttempt(view: RunView, event: JobEvent, change: (attempt: Attempt) => Attempt): RunView {
  const at = number(event.payload, 'number');
  const tried = number(event.payload, 'attempt') ?? 1;
  if (at === null) return view;
  const running = view.job.state === 'queued' ? inState(view, 'running') : view;
  return withRound(running, at, (round = emptyRound(event, at)) =>
    withAttempt(round, tried, (attempt = emptyAttempt(tried, event.time)) => change(attempt)),
  );
}

function closeRound(view: RunView, event: JobEvent): RunView {
  const at = number(event.payload, 'number');
  if (at === null) return view;
  const closed = withRound(view, at, (round = emptyRound(event, at)) => ({
    ...round,
    state: 'closed',
    closed_at: event.time,
    seconds: number(event.payload, 'seconds') ?? (Date.parse(event.time) - Date.parse(round.opened_at)) / 1000,
    survivors: words(event.payload, 'survivors'),
    saturated: total(event.payload, 'saturated'),
    metrics: object(event.payload, 'metrics'),
    // The lanes stay open: each site still applies the sum by itself.
    attempts: round.attempts.map((attempt) => (attempt.state === 'open' ? { ...attempt, state: 'closed' as const, closed_at: event.time } : attempt)),
  }));
  const done = closed.rounds.filter(({ kind, state }) => kind === 'train' && state === 'closed').length;
  return { ...closed, job: { ...closed.job, rounds_done: Math.max(closed.job.rounds_done, done) } };
}

function validated(view: RunView, { payload }: JobEvent): RunView {
  const round = number(payload, 'round');
  const mcc = number(payload, 'mcc');
  if (round === null || mcc === null) return view;
  const point: CurvePoint = {
    round,
    mcc,
    accuracy: number(payload, 'accuracy') ?? Number.NaN,
    low: number(payload, 'low') ?? mcc,
    high: number(payload, 'high') ?? mcc,
  };
  const curve = [...view.job.curve.filter((one) => one.round !== round), point].sort((a, b) => a.round - b.round);
  const first = Math.min(view.job.settings.selection.first_round, Math.max(1, view.job.rounds_total));
  const eligible = curve.filter((one) => one.round >= first);
  const best = eligible.reduce<CurvePoint | null>((top, one) => (top === null || one.mcc > top.mcc ? one : top), null);
  return { ...view, job: { ...view.job, curve, best: best === null ? view.job.best : best } };
}

const REDUCERS: Readonly<Record<string, Reducer>> = {
  'job.submitted': (view) => inState(view, 'awaiting_approval'),
  'job.planned': (view, { payload }) => ({ ...view, job: { ...view.job, plan_hash: text(payload, 'plan_hash') ?? view.job.plan_hash } }),
  'plan.approved': (view, event) => decided(view, event, 'approve'),
  'plan.refused': (view, event) => decided(view, event, 'refuse'),
  'job.started': (view, { time }) => ({ ...view, job: { ...view.job, state: 'running', started_at: view.job.started_at ?? time } }),
  'job.paused': (view) => inState(view, 'paused'),
  'job.resumed': (view) => inState(view, 'queued'),
  'job.cancelled': (view, { time }) => ended(view, 'cancelled', time),
  'job.succeeded': (view, { time, payload }) => {
    const after = ended(view, 'succeeded', time);
    const { evaluation, attack_audit: audit } = after.job;
    return { ...after, job: { ...after.job, evaluation: text(payload, 'evaluation') ?? evaluation, attack_audit: text(payload, 'attack_audit') ?? audit } };
  },
  'job.failed': (view, event) => {
    const after = ended(view, 'failed', event.time);
    return { ...after, job: { ...after.job, failure: failureOf(event) } };
  },
  'round.opened': opened,
  'round.changed': opened,
  'attempt.opened': (view, event) =>
    onAttempt(view, event, (attempt) =>
      words(event.payload, 'roster').reduce((each, site) => withLane(each, site, (lane) => lane), attempt),
    ),
  'attempt.failed': (view, event) =>
    onAttempt(view, event, (attempt) => ({ ...endAttempt(attempt, event.time), state: 'failed', failure: failureOf(event) })),
  'site.phase': (view, event) => {
    const phase = asPhase(text(event.payload, 'phase'));
    const { site } = event;
    if (phase === null || site === null) return view;
    const done = number(event.payload, 'done');
    const all = number(event.payload, 'total');
    const progress = done === null || all === null ? null : { done, total: all };
    return onAttempt(view, event, (attempt) => withLane(attempt, site, (lane) => enterPhase(lane, phase, event.time, progress)));
  },
  'update.received': (view, event) => {
    const { site } = event;
    if (site === null) return view;
    return onAttempt(view, event, (attempt) =>
      withLane(attempt, site, (lane) => ({ ...lane, size_bytes: number(event.payload, 'size_bytes') })),
    );
  },
  'round.closed': closeRound,
  'model.validated': validated,
  'site.silent': (view, event) => ({ ...view, silentSince: heardOf(view.silentSince, event) }),
  'site.returned': (view, event) => ({ ...view, silentSince: heardOf(view.silentSince, event) }),
};
