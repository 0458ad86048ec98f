import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, everyPage, got } from './http';
import type { LedgerEntry, NoiseFound, StudyAccount } from './types';

/** The ledger that the hub keeps of what each site reports, what jobs may still spend of it, and what a promise takes. */

const REFRESH_MS = 15_000;

const of = (federation: string | undefined) => (federation === undefined ? {} : { query: { federation } });

export const ledgerQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['privacy-ledger', federation ?? 'all'],
    queryFn: ({ signal }) => everyPage<LedgerEntry>(api.GET('/api/v1/privacy-ledger', { params: of(federation), signal }), signal),
    refetchInterval: REFRESH_MS,
  });

/** By study and site; epsilons do not add up, so what is reserved is by how much epsilon may grow. */
export const accountsQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['privacy-ledger', 'accounts', federation ?? 'all'],
    queryFn: ({ signal }) => everyPage<StudyAccount>(api.GET('/api/v1/privacy-accounts', { params: of(federation), signal }), signal),
    refetchInterval: REFRESH_MS,
  });

export interface NoiseQuestion {
  epsilon: number;
  sample_rate: number;
  steps: number;
  delta: number;
}

/** Asks the platform's accountant for the least noise that keeps a promise. */
export function useNoise() {
  return useMutation({ mutationFn: (query: NoiseQuestion) => got<NoiseFound>(api.GET('/api/v1/privacy-noise', { params: { query } })) });
}
