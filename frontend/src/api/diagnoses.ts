import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Answer } from '@/diagnosis/answer';
import { isForbidden } from '@/lib/problem';
import { api, everyPage, got, pageAt } from './http';
import type { Service } from './types';

/** Requests to a diagnosis service. What goes up is sealed, what comes down is sealed; the platform reads neither. */

export type DiagnosisState = 'queued' | 'computing' | 'answered' | 'collected' | 'failed' | 'expired';

export interface DiagnosisFailure {
  node: string | null;
  phase: string | null;
  code: string;
  message: string;
  next_step: string;
}

export interface Diagnosis {
  id: string;
  service: string;
  service_title: string;
  batch: string | null;
  state: DiagnosisState;
  position: number | null;
  attempts: number;
  steps: Record<string, Record<string, number>>;
  failure: DiagnosisFailure | null;
  created_at: string;
  computing_at: string | null;
  answered_at: string | null;
  collected_at: string | null;
  ended_at: string | null;
  expires_at: string;
}

export interface DiagnosisEvent {
  seq: number;
  time: string;
  kind: string;
  payload: Record<string, unknown>;
}

export interface SealedRequest {
  id: string;
  service: string;
  descriptor: string;
  shares: readonly [string, string];
  batch: string | null;
}

export interface Batch {
  id: string;
  service: string;
  service_title: string;
  name: string;
  count: number;
  created_at: string;
  states: Record<DiagnosisState | 'missing', number>;
}

export interface BatchDetail extends Batch {
  rows: Diagnosis[];
}

export const ENDED_DIAGNOSIS: ReadonlySet<string> = new Set<DiagnosisState>(['collected', 'failed', 'expired']);

const OPEN_REFRESH_MS = 15_000;
const POLL_MS = 1_000;
const LIVE_POLL_MS = 8_000;
const BATCH_POLL_MS = 1_500;

export const openServicesQuery = queryOptions({
  queryKey: ['services', 'offered'],
  queryFn: ({ signal }) => everyPage<Service>(api.GET('/api/v1/services', { params: { query: { state: 'open' } }, signal }), signal),
  refetchInterval: OPEN_REFRESH_MS,
});

/** Whole rows of the log, as they were hashed. */
export const fetchLog = (service: string, signal?: AbortSignal) =>
  everyPage<unknown>(api.GET('/api/v1/descriptor-log', { params: { query: { service } }, ...(signal && { signal }) }), signal);

export const fetchSigned = (service: string, signal?: AbortSignal) =>
  got<unknown>(api.GET('/api/v1/services/{id}/descriptor', { params: { path: { id: service } }, ...(signal && { signal }) }));

export const fetchDiagnosis = (id: string, signal?: AbortSignal) => got<Diagnosis>(api.GET('/api/v1/diagnoses/{id}', { params: { path: { id } }, ...(signal && { signal }) }));

/** Asked every second while nothing is heard live, and now and then while something is: a word may get lost. */
export const diagnosisQuery = (id: string, { live }: { live: boolean }) =>
  queryOptions({
    queryKey: ['diagnoses', id],
    queryFn: ({ signal }) => fetchDiagnosis(id, signal),
    refetchInterval: ({ state }) => {
      if (isForbidden(state.error) || (state.data !== undefined && ENDED_DIAGNOSIS.has(state.data.state))) return false;
      return live ? LIVE_POLL_MS : POLL_MS;
    },
  });

export const diagnosesQuery = infiniteQueryOptions({
  queryKey: ['diagnoses', 'list'],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) => pageAt<Diagnosis>(pageParam, () => api.GET('/api/v1/diagnoses', { signal }), signal),
  getNextPageParam: (page) => page.next,
});

export const sendDiagnosis = ({ shares, ...rest }: SealedRequest) => got<Diagnosis>(api.POST('/api/v1/diagnoses', { body: { ...rest, shares: [...shares] } }));

export const collectAnswers = async (id: string, receipt: string | null) => (await got<{ answers: Answer[] }>(api.POST('/api/v1/diagnoses/{id}/collect', { params: { path: { id } }, body: { receipt } }))).answers;

/** The answer has arrived, and the platform need keep it no longer. */
export const acknowledgeAnswers = (id: string, receipt: string) => got<undefined>(api.POST('/api/v1/diagnoses/{id}/acknowledge', { params: { path: { id } }, body: { receipt }, parseAs: 'text' }));

/** Ends what is under way, and has the platform forget what has ended. */
export const forgetDiagnosis = (id: string) => got<undefined>(api.DELETE('/api/v1/diagnoses/{id}', { params: { path: { id } }, parseAs: 'text' }));

export const announceBatch = (body: { id: string; service: string; name: string; count: number }) => got<BatchDetail>(api.POST('/api/v1/batches', { body }));

export const batchesQuery = queryOptions({
  queryKey: ['batches'],
  queryFn: ({ signal }) => everyPage<Batch>(api.GET('/api/v1/batches', { signal }), signal),
});

const goesOn = ({ states }: BatchDetail) => states.queued + states.computing + states.answered > 0;

export const batchQuery = (id: string, { sending }: { sending: boolean }) =>
  queryOptions({
    queryKey: ['batches', id],
    queryFn: ({ signal }) => got<BatchDetail>(api.GET('/api/v1/batches/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (sending || (state.data !== undefined && goesOn(state.data)) ? BATCH_POLL_MS : false),
  });
