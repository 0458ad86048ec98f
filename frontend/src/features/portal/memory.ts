import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { CHANGED, history, recall } from '@/diagnosis/vault';

/**
 * This device's own memory as queries. They are asked anew whenever something in it changes while a screen shows it, and
 * by every screen that comes: what changed while none was there rang no bell.
 */

/** Whose address it stands in does not matter: a browser that two people use shows neither the other's. */
export const recordQuery = (id: string, user: string) =>
  queryOptions({
    queryKey: ['vault', 'record', id, user],
    queryFn: async () => {
      const found = await recall(id);
      return found?.user === user ? found : null;
    },
    staleTime: 0,
    retry: false,
  });

export const historyQuery = (user: string) => queryOptions({ queryKey: ['vault', 'history', user], queryFn: () => history(user), staleTime: 0, retry: false });

export function useVaultBell(): void {
  const cache = useQueryClient();
  useEffect(() => {
    const ring = () => void cache.invalidateQueries({ queryKey: ['vault'] });
    window.addEventListener(CHANGED, ring);
    return () => window.removeEventListener(CHANGED, ring);
  }, [cache]);
}
