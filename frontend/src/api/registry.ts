import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { settled } from './client';
import { api, everyPage, got, pageAt } from './http';
import type { AuditEntry, ModelDetail, ModelVersion } from './types';

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => everyPage<ModelVersion>(api.GET('/api/v1/models', { signal }), signal),
});

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ['models', id],
    queryFn: ({ signal }) => got<ModelDetail>(api.GET('/api/v1/models/{id}', { params: { path: { id } }, signal })),
  });

export const weightsAddress = (id: string) => `/api/v1/models/${id}/weights`;

export function useRelease(id: string) {
  const cache = useQueryClient();
  const params = { path: { id } };
  return useMutation({
    mutationFn: (action: 'publish' | 'retire') =>
      got<ModelDetail>(action === 'publish' ? api.POST('/api/v1/models/{id}/publish', { params }) : api.POST('/api/v1/models/{id}/retire', { params })),
    onSuccess: async (model) => {
      await settled(cache, modelQuery(id).queryKey, model);
      return cache.invalidateQueries({ queryKey: modelsQuery.queryKey, exact: true });
    },
  });
}

export interface AuditFilter {
  federation?: string;
  actor?: string;
  action?: string;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      pageAt<AuditEntry>(pageParam, () => api.GET('/api/v1/audit', { params: { query: filter }, signal }), signal),
    getNextPageParam: (page) => page.next,
  });
