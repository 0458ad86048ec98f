import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { ApiError } from '@/lib/problem';

/** The query cache: the only place where server state lives. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Asked whatever the browser thinks of its line: the platform may stand on this machine or in this house, and what
      // the device itself keeps needs none. Where no answer comes, the screen says so instead of waiting for a line.
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
        staleTime: 5_000,
        retry: (failures, error) => {
          const worthwhile = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
          return worthwhile && failures < 2;
        },
        retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Keeps what the platform has just answered to a change: a question asked before it is not heard any more. */
export async function settled<Data>(cache: QueryClient, queryKey: QueryKey, answer: Data): Promise<void> {
  await cache.cancelQueries({ queryKey, exact: true });
  cache.setQueryData(queryKey, answer);
}
