import { queryOptions } from '@tanstack/react-query';
import { api, everyPage } from './http';
import type { LedgerEntry } from './types';

/** The ledger that the hub keeps of what each site reports: epsilon by site, study and job. */

const REFRESH_MS = 15_000;

export const ledgerQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['privacy-ledger', federation ?? 'all'],
    queryFn: ({ signal }) => everyPage<LedgerEntry>(api.GET('/api/v1/privacy-ledger', { params: federation === undefined ? {} : { query: { federation } }, signal }), signal),
    refetchInterval: REFRESH_MS,
  });
