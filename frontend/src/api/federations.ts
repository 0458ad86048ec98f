import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, everyPage, got } from './http';
import type { Dataset, Enrolment, Federation, Pooled, Site } from './types';

const HEARTBEAT_REFRESH_MS = 5_000;

export const federationsQuery = queryOptions({
  queryKey: ['federations'],
  queryFn: ({ signal }) => everyPage<Federation>(api.GET('/api/v1/federations', { signal }), signal),
  refetchInterval: HEARTBEAT_REFRESH_MS,
});

export const federationQuery = (id: string) =>
  queryOptions({
    queryKey: ['federations', id],
    queryFn: ({ signal }) => got<Federation>(api.GET('/api/v1/federations/{id}', { params: { path: { id } }, signal })),
  });

export const sitesQuery = (id: string) =>
  queryOptions({
    queryKey: ['federations', id, 'sites'],
    queryFn: ({ signal }) => got<Site[]>(api.GET('/api/v1/federations/{id}/sites', { params: { path: { id } }, signal })),
    refetchInterval: HEARTBEAT_REFRESH_MS,
  });

const of = (federation: string | undefined) => (federation === undefined ? {} : { query: { federation } });

export const datasetsQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['datasets', federation ?? 'all'],
    queryFn: ({ signal }) => everyPage<Dataset>(api.GET('/api/v1/datasets', { params: of(federation), signal }), signal),
  });

export const pooledQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['datasets', federation ?? 'all', 'pooled'],
    queryFn: ({ signal }) => got<Pooled[]>(api.GET('/api/v1/datasets/pooled', { params: of(federation), signal })),
  });

export function useEnrol(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { site_slug: string; site_name: string }) =>
      got<Enrolment>(api.POST('/api/v1/federations/{id}/enrolments', { params: { path: { id } }, body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['federations', id] }),
  });
}

export function useConfirmFingerprint(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ site, fingerprint }: { site: string; fingerprint: string }) =>
      got<Site>(
        api.POST('/api/v1/federations/{id}/sites/{site_id}/confirm', { params: { path: { id, site_id: site } }, body: { fingerprint } }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['federations'] }),
  });
}
