import type { AuditDocument } from '../api/documents.ts';
import type { EvaluationSettings, Job, JobEvent } from '../api/types.ts';
import audit from './evidence/audit.json' with { type: 'json' };
import { exampleJob, plot } from './examples.ts';
import { EVIDENCE, IDS } from './ids.ts';
import { PRIVATE_PLAN, REFUSED } from './privacy/ledger.ts';
import { TEST_RESULT } from './records.ts';
import { tell } from './story.ts';

/** The invented jobs of the fixture hub, each with its whole future. */

export interface Tale {
  base: Job;
  events: JobEvent[];
  later: JobEvent[];
  pausedAt: number;
}

const EVALUATION: EvaluationSettings = { split: 'test', score_bins: 1024, replicates: 200, subgroups: ['age', 'sex', 'view'], per_site: true, smallest_cell: 10 };
const AUDIT = (audit as AuditDocument).plan;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (time: number) => new Date(time).toISOString();

const tale = (base: Job, events: JobEvent[]): Tale => ({ base, events, later: [], pausedAt: 0 });

export function jobsAt(now: number): Tale[] {
  const began = now - 7.83 * MINUTE;
  const failure = {
    failedIn: 4,
    site: 'basel',
    phase: 'training',
    reason: 'no space left on the device: the pixel cache needs 3.1 GB, 0.4 GB are free',
    next_step: 'Basel frees disk space under its site folder; then submit the job again. The rounds before are kept in this log.',
  };
  const cancelled = tell(plot({ start: now - 6 * DAY })).filter(({ time }) => Date.parse(time) < now - 6 * DAY + 2.5 * MINUTE);
  const waiting = tell(plot({ start: now - 4 * MINUTE })).filter(({ kind, site }) => ['job.created', 'job.submitted', 'job.planned'].includes(kind) || (kind === 'plan.approved' && site === 'aalborg'));
  const at = (id: string, title: string, start: number, change: Partial<Job> = {}) => exampleJob({ id, title, created_at: iso(start), ...change });
  const model = { id: `model-${IDS.done.slice(-4)}`, name: 'Pneumonia, winter cohort', number: 1 };
  const examine = (id: string, start: number, change: Partial<Job>) => at(id, '', start, { model, rounds_total: 1, curve: [], ...change });
  const evaluated = examine(IDS.evaluated, now - DAY - 4 * MINUTE, { title: 'Evaluation of Pneumonia, winter cohort', kind: 'evaluate', settings: { ...exampleJob().settings, evaluation: EVALUATION } });
  const auditing = examine(IDS.auditing, now - 9 * MINUTE, { title: 'Attack audit before publishing', kind: 'audit', settings: { ...exampleJob().settings, audit: AUDIT } });
  const ordinary = exampleJob().settings;
  const settings = { ...ordinary, model: { ...ordinary.model, normalisation: 'group' as const }, training: { ...ordinary.training, steps: 22, class_weights: 'none' as const, precision: 'float32' as const }, privacy: PRIVATE_PLAN };
  return [
    tale(evaluated, tell(plot({ start: now - DAY - 4 * MINUTE, examines: { kind: 'scores', made: { evaluation: EVIDENCE.evaluation } }, update: 61_400, end: 'succeeded' }))),
    tale(auditing, tell(plot({ start: now - 9 * MINUTE, examines: { kind: 'audit', made: { attack_audit: EVIDENCE.audit } }, training: 900, update: 18_200, end: 'succeeded' }))),
    tale(at(IDS.running, 'Pneumonia, spring cohort', began), tell(plot({ start: began, end: 'succeeded', test: { ...TEST_RESULT } }))),
    tale(at(IDS.waiting, 'Pneumonia, spring cohort, with mixup', now - 4 * MINUTE, { created_by: 'coordinator-2' }), renumbered(waiting)),
    tale(at(IDS.done, 'Pneumonia, winter cohort', now - 3 * DAY), tell(plot({ start: now - 3 * DAY, mishap: 2, end: 'succeeded', test: { ...TEST_RESULT } }))),
    tale(at(IDS.private, 'Pneumonia, winter cohort, private', now - 2 * DAY - 9 * MINUTE, { settings }), tell(plot({ start: now - 2 * DAY - 9 * MINUTE, refused: REFUSED, end: 'succeeded', test: { ...TEST_RESULT, round: 8 } }))),
    tale(at(IDS.failed, 'Pneumonia, winter cohort, 320 px', now - 4 * DAY), tell(plot({ start: now - 4 * DAY, training: 90, end: failure }))),
    tale(at(IDS.cancelled, 'Trial of the small CNN', now - 6 * DAY, { created_by: 'coordinator-2' }), [
      ...cancelled,
      { seq: cancelled.length + 1, time: iso(now - 6 * DAY + 2.6 * MINUTE), site: null, kind: 'job.cancelled', payload: {} },
    ]),
  ];
}

function renumbered(events: JobEvent[]): JobEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1 }));
}
