import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { AuditDocument, AuditPlan, EvaluationDocument, Figure, Verdict } from './documents';
import { api, got, pageAt } from './http';
import type { EvaluationSettings, FederationRef, Job, ModelOfEvidence, Preview } from './types';

/** What has been found out about models: their worth on images that they have not seen, and what an attacker learns. */

interface Evidence {
  id: string;
  federation: FederationRef;
  job: { id: string; title: string };
  model: ModelOfEvidence;
  made: string;
  created_at: string;
}

export interface Evaluation extends Evidence {
  split: string;
  n: number;
  accuracy: Figure;
  mcc: Figure;
  per_site: boolean;
}

export interface EvaluationDetail extends Evaluation {
  document: EvaluationDocument;
}

export interface AttackAudit extends Evidence {
  verdict: Verdict;
  views: string[];
}

export interface AttackAuditDetail extends AttackAudit {
  document: AuditDocument;
  /** The same attack on drawn pictures at the hub, where a real cohort's may not be shown. */
  demonstration: AuditDocument | null;
  demonstration_state: 'waiting' | 'done' | 'failed';
  demonstration_reason: string;
}

export interface EvidenceFilter {
  federation?: string;
  model?: string;
}

export const evaluationsQuery = (filter: EvidenceFilter) =>
  infiniteQueryOptions({
    queryKey: ['evaluations', 'list', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => pageAt<Evaluation>(pageParam, () => api.GET('/api/v1/evaluations', { params: { query: filter }, signal }), signal),
    getNextPageParam: (page) => page.next,
  });

export const attackAuditsQuery = (filter: EvidenceFilter) =>
  infiniteQueryOptions({
    queryKey: ['attack-audits', 'list', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => pageAt<AttackAudit>(pageParam, () => api.GET('/api/v1/attack-audits', { params: { query: filter }, signal }), signal),
    getNextPageParam: (page) => page.next,
  });

export const evaluationQuery = (id: string) =>
  queryOptions({
    queryKey: ['evaluations', id],
    queryFn: ({ signal }) => got<EvaluationDetail>(api.GET('/api/v1/evaluations/{id}', { params: { path: { id } }, signal })),
  });

export const attackAuditQuery = (id: string) =>
  queryOptions({
    queryKey: ['attack-audits', id],
    queryFn: ({ signal }) => got<AttackAuditDetail>(api.GET('/api/v1/attack-audits/{id}', { params: { path: { id } }, signal })),
  });

export const REPORT_FORMATS = ['html', 'pdf', 'csv', 'json'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const reportAddress = (model: string, format: ReportFormat) => `/api/v1/model-versions/${model}/report?format=${format}`;

export const SUBGROUPS: EvaluationSettings['subgroups'] = ['age', 'sex', 'view'];

interface Examination {
  federation: string;
  title: string;
  model: string;
}

type Aggregation = { aggregation: { min_survivors: number } };

/** A job that looks at a model and changes nothing: it counts its answers, or attacks what it would send. */
export type NewExamination =
  | (Examination & { kind: 'evaluate'; settings: Aggregation & { evaluation: EvaluationSettings } })
  | (Examination & { kind: 'audit'; settings: Aggregation & { audit: Partial<AuditPlan> } });

const asInput = ({ settings, ...rest }: NewExamination) => ({ ...rest, settings: { ...settings } });

export const examinationPreviewQuery = (job: NewExamination, enabled: boolean) =>
  queryOptions({
    queryKey: ['jobs', 'preview', job],
    queryFn: () => got<Preview>(api.POST('/api/v1/jobs/preview', { body: asInput(job) })),
    enabled,
    staleTime: 60_000,
    retry: false,
    placeholderData: (previous: Preview | undefined) => previous,
  });

export function useExamine() {
  const cache = useQueryClient();
  return useMutation({
    // A draft that could not be sent is still there: its page says so and offers to send it.
    mutationFn: async ({ job, key }: { job: NewExamination; key: string }) => {
      const draft = await got<Job>(api.POST('/api/v1/jobs', { body: asInput(job), params: { header: { 'Idempotency-Key': key } } }));
      return got<Job>(api.POST('/api/v1/jobs/{id}/submit', { params: { path: { id: draft.id } } })).catch(() => draft);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
