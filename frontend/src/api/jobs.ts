import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, pathOf } from './http';
import type { Approval, Job, JobEvent, JobSettings, Page, Preview, Round } from './types';

export interface JobFilter {
  federation?: string;
  state?: string;
  search?: string;
}

/** What the form gives; the platform fills in the rest: task and classes come from the cohorts. */
export interface NewJob {
  federation: string;
  title: string;
  settings: Omit<JobSettings, 'data'> & { data: { image_size: number } };
}

export type JobAction = 'submit' | 'pause' | 'resume' | 'cancel';

export const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

const LIST_REFRESH_MS = 5_000;

export const jobsQuery = (filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: ['jobs', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      pageParam === null
        ? http.get<Page<Job>>('jobs', { ...filter }, signal)
        : http.get<Page<Job>>(pathOf(pageParam), undefined, signal),
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => {
      const rows = query.state.data?.pages.flatMap(({ results }) => results) ?? [];
      return rows.some(({ state }) => !ENDED.has(state)) ? LIST_REFRESH_MS : false;
    },
  });

export const jobQuery = (id: string) =>
  queryOptions({ queryKey: ['job', id], queryFn: ({ signal }) => http.get<Job>(`jobs/${id}`, undefined, signal) });

export const approvalsQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'approvals'],
    queryFn: ({ signal }) => everyPage<Approval>(`jobs/${id}/approvals`, {}, signal),
  });

export const previewQuery = (job: NewJob, enabled: boolean) =>
  queryOptions({
    queryKey: ['jobs', 'preview', job],
    queryFn: () => http.post<Preview>('jobs/preview', job),
    enabled,
    staleTime: 60_000,
    retry: false,
    placeholderData: (previous: Preview | undefined) => previous,
  });

export async function everyPage<Row>(path: string, query: Record<string, string | number>, signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  let page = await http.get<Page<Row>>(path, query, signal);
  rows.push(...page.results);
  while (page.next !== null) {
    page = await http.get<Page<Row>>(pathOf(page.next), undefined, signal);
    rows.push(...page.results);
  }
  return rows;
}

export const fetchJob = (id: string, signal?: AbortSignal) => http.get<Job>(`jobs/${id}`, undefined, signal);
export const fetchRounds = (id: string, signal?: AbortSignal) => everyPage<Round>(`jobs/${id}/rounds`, {}, signal);
export const fetchEvents = (id: string, after: number, signal?: AbortSignal) =>
  everyPage<JobEvent>(`jobs/${id}/events`, { after, limit: 1000 }, signal);

export function useCreateJob() {
  const cache = useQueryClient();
  return useMutation({
    // A draft that could not be sent is still there: its page says so and offers to send it.
    mutationFn: async ({ job, key }: { job: NewJob; key: string }) => {
      const draft = await http.post<Job>('jobs', job, { 'Idempotency-Key': key });
      return http.post<Job>(`jobs/${draft.id}/submit`).catch(() => draft);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

export function useJobAction(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: JobAction) => http.post<Job>(`jobs/${id}/${action}`),
    onSuccess: () => Promise.all([cache.invalidateQueries({ queryKey: ['job', id] }), cache.invalidateQueries({ queryKey: ['jobs'] })]),
  });
}
