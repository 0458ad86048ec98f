import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, got } from './http';
import type { Role, Session } from './types';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => got<Session>(api.GET('/api/v1/auth/session', { signal })),
  staleTime: 60_000,
});

export function useLogIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => got<Session>(api.POST('/api/v1/auth/session', { body })),
    onSuccess: (session) => {
      cache.clear();
      cache.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useLogOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => got<undefined>(api.DELETE('/api/v1/auth/session', { parseAs: 'text' })),
    onSuccess: () => {
      cache.clear();
    },
  });
}

/** What the person who is logged in is in one federation. */
export function useRoles(federation: string | undefined): Role[] {
  const { data } = useQuery(sessionQuery);
  return data?.memberships.filter((one) => one.federation === federation).map(({ role }) => role) ?? [];
}

/** Somebody who may ask services and do nothing else sees the portal alone. */
export const isPatient = ({ memberships }: Session): boolean => memberships.length > 0 && memberships.every(({ role }) => role === 'patient');
