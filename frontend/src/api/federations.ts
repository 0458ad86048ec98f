import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from './http';
import { everyPage } from './jobs';
import type { Dataset, Enrolment, Federation, Site } from './types';

const HEARTBEAT_REFRESH_MS = 5_000;

export const federationsQuery = queryOptions({
  queryKey: ['federations'],
  queryFn: ({ signal }) => everyPage<Federation>('federations', {}, signal),
  refetchInterval: HEARTBEAT_REFRESH_MS,
});

export const federationQuery = (id: string) =>
  queryOptions({ queryKey: ['federations', id], queryFn: ({ signal }) => http.get<Federation>(`federations/${id}`, undefined, signal) });

export const sitesQuery = (federation: string) =>
  queryOptions({
    queryKey: ['federations', federation, 'sites'],
    queryFn: ({ signal }) => http.get<Site[]>(`federations/${federation}/sites`, undefined, signal),
    refetchInterval: HEARTBEAT_REFRESH_MS,
  });

export const datasetsQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['datasets', federation ?? 'all'],
    queryFn: ({ signal }) => everyPage<Dataset>('datasets', federation === undefined ? {} : { federation }, signal),
  });

export function useEnrol(federation: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (site: { site_slug: string; site_name: string }) => http.post<Enrolment>(`federations/${federation}/enrolments`, site),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['federations', federation] }),
  });
}

export function useConfirmFingerprint(federation: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ site, fingerprint }: { site: string; fingerprint: string }) =>
      http.post<Site>(`federations/${federation}/sites/${site}/confirm`, { fingerprint }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['federations', federation] }),
  });
}
