import { queryOptions } from '@tanstack/react-query';
import type { LogEntry } from '@/api/types';
import { checkSigned } from '@/diagnosis/descriptor';
import { verifyLog } from '@/diagnosis/log';

/** What this browser makes of what the platform says: it recomputes each hash, and takes nobody's word. */

export type Verdict = { kind: 'good' } | { kind: 'broken'; why: string } | { kind: 'unable'; why: string };

const NO_CRYPTO = 'Browsers compute hashes only on pages that came over HTTPS, or from this machine itself.';

/** Runs a check that throws where it finds a fault. */
export async function verdictOf(check: () => Promise<unknown>): Promise<Verdict> {
  if (globalThis.crypto?.subtle === undefined) return { kind: 'unable', why: NO_CRYPTO };
  try {
    await check();
    return { kind: 'good' };
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
}

export const logVerdictQuery = (entries: LogEntry[]) =>
  queryOptions({
    queryKey: ['verdict', 'log', entries.map(({ entry }) => entry).join()],
    queryFn: () => verdictOf(() => verifyLog(entries)),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Every signature over what the platform hands out, and that its hash is the one that the service is named by. */
export const descriptorVerdictQuery = (signed: unknown, digest: string) =>
  queryOptions({
    queryKey: ['verdict', 'descriptor', digest, JSON.stringify(signed)],
    queryFn: () =>
      verdictOf(async () => {
        const { descriptor } = await checkSigned(signed);
        if (descriptor.digest !== digest) throw new Error(`Its hash is ${descriptor.digest.slice(0, 16)}…, and the platform names it ${digest.slice(0, 16)}….`);
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });
