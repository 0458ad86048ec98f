import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ENDED, fetchApprovals, fetchEvents, fetchJob, fetchRounds } from '@/api/jobs';
import { followJob, type LiveState } from '@/api/live';
import type { JobEvent } from '@/api/types';
import { isForbidden } from '@/lib/problem';
import { applyEvents } from './model/reduce';
import { type RunView, startView } from './model/view';

const FLUSH_MS = 60;
const LOG_BACK = 400;

/** First by REST: the job, what its rounds came to, the end of its log. The job goes first: events after it are replayed. */
export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<RunView> => {
      const job = await fetchJob(id, signal);
      const [rounds, approvals, log] = await Promise.all([
        fetchRounds(id, signal),
        fetchApprovals(id, signal),
        fetchEvents(id, Math.max(0, job.last_seq - LOG_BACK), signal),
      ]);
      return startView(job, rounds, approvals, log);
    },
  });

export function useRun(id: string) {
  const cache = useQueryClient();
  const run = useQuery(runQuery(id));
  const [live, setLive] = useState<LiveState>('connecting');
  const loaded = run.data !== undefined;
  const settled = run.data?.settled ?? false;
  const ended = run.data !== undefined && ENDED.has(run.data.job.state);

  useEffect(() => {
    if (!loaded || settled) return;
    const { queryKey } = runQuery(id);
    let batch: JobEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      const events = batch;
      batch = [];
      timer = undefined;
      cache.setQueryData(queryKey, (view) => view && applyEvents(view, events));
    };
    let state: LiveState = 'connecting';
    // A socket that is turned away before it opens does not say why; the API does.
    const askWhy = () => {
      fetchJob(id).catch((error: unknown) => {
        if (state !== 'reconnecting' || !isForbidden(error)) return;
        stop();
        setLive('forbidden');
      });
    };
    const stop = followJob(id, cache.getQueryData(queryKey)?.seq ?? 0, {
      onEvent: (event) => {
        batch.push(event);
        timer ??= setTimeout(flush, FLUSH_MS);
      },
      onState: (next) => {
        state = next;
        setLive(next);
        if (next === 'reconnecting') askWhy();
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
      if (batch.length > 0) flush();
    };
  }, [cache, id, loaded, settled]);

  // What only the platform works out (the test figures) is fetched when the job has ended, and asked for until it comes.
  useEffect(() => {
    if (!ended) return;
    const { queryKey } = runQuery(id);
    const end = ['run', id, 'end'];
    cache
      .fetchQuery({ queryKey: end, queryFn: ({ signal }) => fetchJob(id, signal), retry: (_, error) => !isForbidden(error) })
      .then((job) => cache.setQueryData(queryKey, (view) => view && { ...view, job }))
      .catch(() => undefined);
    void cache.invalidateQueries({ queryKey: ['jobs'] });
    void cache.invalidateQueries({ queryKey: ['models'] });
    return () => void cache.cancelQueries({ queryKey: end });
  }, [cache, id, ended]);

  return { run, live: ended ? ('ended' as const) : live };
}

/** Fetches the part of the log that the page did not begin with. */
export function useEarlierEvents(id: string) {
  const cache = useQueryClient();
  return async () => {
    const { queryKey } = runQuery(id);
    const all = await fetchEvents(id, 0);
    cache.setQueryData(queryKey, (view) => {
      if (view === undefined) return view;
      const known = new Set(view.events.map(({ seq }) => seq));
      const earlier = all.filter(({ seq }) => seq <= view.seq && !known.has(seq));
      return { ...view, events: [...earlier, ...view.events].sort((a, b) => a.seq - b.seq) };
    });
  };
}
