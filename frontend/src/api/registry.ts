import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { address, http, pathOf } from './http';
import { everyPage } from './jobs';
import type { AuditEntry, ModelDetail, ModelVersion, Page } from './types';

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => everyPage<ModelVersion>('models', {}, signal),
});

export const modelQuery = (id: string) =>
  queryOptions({ queryKey: ['models', id], queryFn: ({ signal }) => http.get<ModelDetail>(`models/${id}`, undefined, signal) });

export const weightsAddress = (id: string) => address(`models/${id}/weights`);

export function useRelease(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: 'publish' | 'retire') => http.post<ModelDetail>(`models/${id}/${action}`),
    onSuccess: (model) => {
      cache.setQueryData(modelQuery(id).queryKey, model);
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
      pageParam === null
        ? http.get<Page<AuditEntry>>('audit', { ...filter }, signal)
        : http.get<Page<AuditEntry>>(pathOf(pageParam), undefined, signal),
    getNextPageParam: (page) => page.next,
  });
