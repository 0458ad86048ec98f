import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, everyPage, got, pageAt } from './http';
import type { Approval, Job, JobEvent, JobSettings, JobState, Preview, PrivacyPlan, Round } from './types';

export interface JobFilter {
  federation?: string;
  state?: JobState;
  search?: string;
}

/** What the form gives; the platform fills in the rest: task and classes come from the cohorts. */
export interface NewJob {
  federation: string;
  title: string;
  settings: Omit<JobSettings, 'data'> & { data: { image_size: number; normalisation?: { mean: number; std: number } }; privacy?: PrivacyPlan };
}

export type JobAction = 'submit' | 'pause' | 'resume' | 'cancel';

export const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

const LIST_REFRESH_MS = 5_000;
const LOG_PAGE = 1000;

export const jobsQuery = (filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'list', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      pageAt<Job>(pageParam, () => api.GET('/api/v1/jobs', { params: { query: filter }, signal }), signal),
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => {
      const rows = query.state.data?.pages.flatMap(({ results }) => results) ?? [];
      return rows.some(({ state }) => !ENDED.has(state)) ? LIST_REFRESH_MS : false;
    },
  });

export const previewQuery = (job: NewJob, enabled: boolean) =>
  queryOptions({
    queryKey: ['jobs', 'preview', job],
    queryFn: () => got<Preview>(api.POST('/api/v1/jobs/preview', { body: asInput(job) })),
    enabled,
    staleTime: 60_000,
    retry: false,
    placeholderData: (previous: Preview | undefined) => previous,
  });

const asInput = ({ settings, ...rest }: NewJob) => ({ ...rest, kind: 'train' as const, settings: { ...settings } });

export const fetchJob = (id: string, signal?: AbortSignal) =>
  got<Job>(api.GET('/api/v1/jobs/{id}', { params: { path: { id } }, ...(signal && { signal }) }));

export const fetchRounds = (id: string, signal?: AbortSignal) =>
  everyPage<Round>(api.GET('/api/v1/jobs/{id}/rounds', { params: { path: { id } }, ...(signal && { signal }) }), signal);

export const fetchApprovals = (id: string, signal?: AbortSignal) =>
  everyPage<Approval>(api.GET('/api/v1/jobs/{id}/approvals', { params: { path: { id } }, ...(signal && { signal }) }), signal);

export const fetchEvents = (id: string, after: number, signal?: AbortSignal) =>
  everyPage<JobEvent>(
    api.GET('/api/v1/jobs/{job_id}/events', { params: { path: { job_id: id }, query: { after, limit: LOG_PAGE } }, ...(signal && { signal }) }),
    signal,
  );

export function useCreateJob() {
  const cache = useQueryClient();
  return useMutation({
    // A draft that could not be sent is still there: its page says so and offers to send it.
    mutationFn: async ({ job, key }: { job: NewJob; key: string }) => {
      const draft = await got<Job>(api.POST('/api/v1/jobs', { body: asInput(job), params: { header: { 'Idempotency-Key': key } } }));
      return act(draft.id, 'submit').catch(() => draft);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

function act(id: string, action: JobAction): Promise<Job> {
  const params = { path: { id } };
  switch (action) {
    case 'submit':
      return got(api.POST('/api/v1/jobs/{id}/submit', { params }));
    case 'pause':
      return got(api.POST('/api/v1/jobs/{id}/pause', { params }));
    case 'resume':
      return got(api.POST('/api/v1/jobs/{id}/resume', { params }));
    case 'cancel':
      return got(api.POST('/api/v1/jobs/{id}/cancel', { params }));
  }
}

export function useJobAction(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: JobAction) => act(id, action),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
