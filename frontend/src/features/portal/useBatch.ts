import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { batchQuery } from '@/api/diagnoses';
import type { Remembered } from '@/diagnosis/vault';
import type { Line } from './export';
import { historyQuery, useVaultBell } from './memory';
import { isOwed, settle } from './settle';
import type { Outgoing } from './useBatchSending';

/** A batch as its rows: what this browser remembers of it, what the platform tells, what was refused here. Answers are opened as they come. */
export function useBatch(id: string | undefined, user: string, outgoing: readonly Outgoing[], sending: boolean) {
  useVaultBell();
  const batch = useQuery({ ...batchQuery(id ?? '', { sending }), enabled: id !== undefined });
  const memory = useQuery({ ...historyQuery(user), enabled: user !== '' });
  const records = (memory.data ?? []).filter((record) => record.batch === id && id !== undefined).reverse();
  const answered = (batch.data?.rows ?? []).filter(({ state }) => state === 'answered').map((row) => row.id);
  const ready = records.filter((record) => isOwed(record) && (record.result !== null || record.answers !== null || answered.includes(record.id))).map((record) => record.id);
  const key = ready.join();

  useEffect(() => {
    // One after another; what fails for want of a line is tried again with the next look at the batch.
    void (async () => {
      for (const one of key === '' ? [] : key.split(',')) await settle(one).catch(() => undefined);
    })();
  }, [key, batch.dataUpdatedAt]);

  return { batch, lines: linesOf(records, outgoing, batch.data?.rows ?? []) };
}

function linesOf(records: readonly Remembered[], outgoing: readonly Outgoing[], rows: readonly { id: string; state: string; failure: { message: string } | null }[]): Line[] {
  const told = new Map(rows.map((row) => [row.id, row]));
  const troubled = new Map(outgoing.filter(({ trouble }) => trouble !== null).map((one) => [one.id, one]));
  const known = records.map((record): Line => {
    const row = told.get(record.id);
    // Nobody knows of it but this device, and it was not taken: one line says so, for the file and for what is kept of it.
    const refused = row === undefined && record.result === null && record.failure === null ? troubled.get(record.id) : undefined;
    if (refused !== undefined) return lineOf(refused, record);
    const failure = record.failure ?? row?.failure ?? null;
    const state = record.result !== null ? 'opened' : failure !== null ? 'failed' : (row?.state ?? 'sealed');
    return { source: record.source, state, record, reason: failure?.message ?? '' };
  });
  const here = new Set(records.map(({ id }) => id));
  const others = outgoing.filter(({ id }) => id === null || !here.has(id)).map((one) => lineOf(one, null));
  return [...known, ...others];
}

function lineOf({ path, state, trouble }: Outgoing, record: Remembered | null): Line {
  const reason = trouble !== null ? `${trouble.title}. ${trouble.why}` : state === 'unsent' ? 'Sending was stopped before its turn.' : '';
  return { source: path, state, record, reason };
}
