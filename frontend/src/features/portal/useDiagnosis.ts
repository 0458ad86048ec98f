import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { diagnosisQuery, ENDED_DIAGNOSIS } from '@/api/diagnoses';
import { followDiagnosis, type LiveState } from '@/api/live';
import { sessionQuery } from '@/api/session';
import { change } from '@/diagnosis/vault';
import { isForbidden } from '@/lib/problem';
import { recordQuery, useVaultBell } from './memory';
import { heard, NOTHING_TOLD, stepsOf } from './progress';
import { isOwed, settle } from './settle';

/** One diagnosis: what this device remembers, what the platform tells, and the opening of the answer when it is there. */
export function useDiagnosis(id: string) {
  const cache = useQueryClient();
  useVaultBell();
  const session = useQuery(sessionQuery);
  const record = useQuery({ ...recordQuery(id, session.data?.user?.username ?? ''), enabled: session.data !== undefined });
  const [live, setLive] = useState<LiveState>('connecting');
  const [told, setTold] = useState(NOTHING_TOLD);
  const [stuck, setStuck] = useState<Error | null>(null);
  const settledHere = record.data != null && (record.data.result !== null || record.data.failure !== null);
  const diagnosis = useQuery(diagnosisQuery(id, { live: live === 'live' }));
  const state = diagnosis.data?.state;
  const ended = state !== undefined && ENDED_DIAGNOSIS.has(state);
  const follows = !ended && !settledHere && !diagnosis.isError;

  useEffect(() => {
    if (!follows) return;
    return followDiagnosis(id, 0, {
      onState: setLive,
      onEvent: (event) => {
        setTold((before) => heard(before, event));
        // A phase is all in its event; asking for the row costs the platform time that the parties compute in.
        if (event.kind !== 'diagnosis.phase') void cache.invalidateQueries({ queryKey: ['diagnoses', id] });
      },
    });
  }, [cache, id, follows]);

  const ready = record.data != null && isOwed(record.data) && (settledHere || told.answered || state === 'answered' || record.data.answers !== null || state === 'collected');
  useEffect(() => {
    if (!ready) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    const attempt = () => {
      settle(id)
        .then(() => Promise.all([cache.invalidateQueries({ queryKey: ['diagnoses', id] }), cache.invalidateQueries({ queryKey: ['vault', 'record', id] })]))
        .then(() => setStuck(null))
        .catch((error: unknown) => {
          if (!here) return;
          setStuck(error instanceof Error ? error : new Error(String(error)));
          timer = setTimeout(attempt, AGAIN_MS);
        });
    };
    attempt();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [cache, id, ready]);

  // The history says so too, also when the platform has long forgotten the request.
  const failure = diagnosis.data?.failure ?? null;
  const lost = record.data != null && !settledHere && failure !== null;
  useEffect(() => {
    if (lost && failure !== null) void change(id, { keys: null, receipt: null, failure: { code: failure.code, message: failure.message } });
  }, [id, lost, failure]);

  const gone = isForbidden(diagnosis.error);
  const steps = stepsOf(diagnosis.data, record.data ?? undefined, told, gone);
  return { record, diagnosis, live: follows ? live : ('ended' as const), steps, stuck };
}

const AGAIN_MS = 3_000;
