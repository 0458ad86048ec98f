import type { AuditDocument, EvaluationDocument } from '../../api/documents.ts';
import type { AttackAuditDetail, EvaluationDetail } from '../../api/evidence.ts';
import type { Answer } from '../desk/desk.ts';
import { FEDERATION } from '../examples.ts';
import { EVIDENCE, IDS } from '../ids.ts';
import audit from './audit.json' with { type: 'json' };
import evaluation from './evaluation.json' with { type: 'json' };
import phantoms from './phantoms.json' with { type: 'json' };

/** The part of the invented platform that keeps evidence: evaluations and attack audits of the winter cohort's model. */

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();
const model = { id: `model-${IDS.done.slice(-4)}`, name: 'Pneumonia, winter cohort', number: 1 };
const job = (id: string, title: string) => ({ id, title });

export function evaluations(now: number): EvaluationDetail[] {
  const document = evaluation as EvaluationDocument;
  const trial: EvaluationDocument = { ...document, split: 'validation', sites: [], subgroups: [], patients: null, accuracy_by_patient: null, mcc_by_patient: null };
  const row = (id: string, age: number, one: EvaluationDocument, by: string): EvaluationDetail => ({
    id,
    federation: FEDERATION,
    job: job(by, 'Evaluation of Pneumonia, winter cohort'),
    model,
    split: one.split,
    n: one.n,
    accuracy: one.accuracy,
    mcc: one.mcc,
    made: one.made,
    per_site: one.sites.length > 0,
    created_at: iso(now - age),
    document: one,
  });
  return [row(EVIDENCE.evaluation, DAY, document, IDS.evaluated), row(EVIDENCE.trial, 2 * DAY, trial, IDS.evaluated)];
}

export function audits(now: number): AttackAuditDetail[] {
  const document = audit as AuditDocument;
  const invalid: AuditDocument = { ...document, valid: false, verdict: 'audit invalid', membership: null, tests: [], statement: 'The positive control did not succeed, so that nothing here says whether anything leaks.' };
  const row = (id: string, age: number, one: AuditDocument, demonstration: AuditDocument | null): AttackAuditDetail => ({
    id,
    federation: FEDERATION,
    job: job(IDS.auditing, 'Attack audit before publishing'),
    model,
    made: one.made,
    verdict: one.verdict,
    views: one.views.map(({ view }) => view),
    created_at: iso(now - age),
    document: one,
    demonstration,
    demonstration_state: demonstration === null ? 'waiting' : 'done',
    demonstration_reason: '',
  });
  return [row(EVIDENCE.audit, DAY / 2, document, phantoms as AuditDocument), row(EVIDENCE.invalid, 1.5 * DAY, invalid, null)];
}

const page = <Row>(results: Row[]): Answer => ({ status: 200, body: { next: null, previous: null, results } });
const notFound: Answer = { status: 404, body: { code: 'request.not_found', message: 'There is no such thing, or you may not see it.' } };

/** Answers what belongs to it; null where another part of the platform has to. */
export function evidence(path: string, query: URLSearchParams, now: number): Answer | null {
  const [root = '', id = ''] = path.split('/');
  const rows: (EvaluationDetail | AttackAuditDetail)[] | null = root === 'evaluations' ? evaluations(now) : root === 'attack-audits' ? audits(now) : null;
  if (rows === null) return null;
  if (id === '') return page(rows.filter(({ model: of }) => (query.get('model') ?? of.id) === of.id));
  const one = rows.find((row) => row.id === id);
  return one === undefined ? notFound : { status: 200, body: one };
}
