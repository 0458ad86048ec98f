import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/lib/problem';

/** The query cache: the only place where server state lives. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => {
          const worthwhile = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
          return worthwhile && failures < 2;
        },
        retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
      },
    },
  });
}
