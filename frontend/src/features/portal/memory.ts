import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { CHANGED, history, recall } from '@/diagnosis/vault';

/**
 * This device's own memory as queries. They are asked anew whenever something in it changes while a screen shows it, and
 * by every screen that comes: what changed while none was there rang no bell.
 */

export const recordQuery = (id: string) => queryOptions({ queryKey: ['vault', id], queryFn: async () => (await recall(id)) ?? null, staleTime: 0, retry: false });

export const historyQuery = (user: string) => queryOptions({ queryKey: ['vault', 'history', user], queryFn: () => history(user), staleTime: 0, retry: false });

export function useVaultBell(): void {
  const cache = useQueryClient();
  useEffect(() => {
    const ring = () => void cache.invalidateQueries({ queryKey: ['vault'] });
    window.addEventListener(CHANGED, ring);
    return () => window.removeEventListener(CHANGED, ring);
  }, [cache]);
}
