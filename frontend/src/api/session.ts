import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from './http';
import type { Session } from './types';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => http.get<Session>('auth/session', undefined, signal),
  staleTime: 60_000,
});

export function useLogIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { username: string; password: string }) => http.post<Session>('auth/session', credentials),
    onSuccess: (session) => {
      cache.clear();
      cache.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useLogOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => http.delete<null>('auth/session'),
    onSuccess: () => {
      cache.clear();
    },
  });
}
