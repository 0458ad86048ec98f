import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { type OwnReading, type Worklist, worklistQuery } from '@/api/readings';
import { keepReading, type Waiting, waitingOf } from './desk';
import type { Taken } from './rows';
import { sendWaiting } from './send';

const AGAIN_MS = 10_000;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What this device holds for one reader of one study, sent whenever the platform can be reached. */
export function useDesk(study: string, user: string) {
  const cache = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting[] | null>(null);
  const [taken, setTaken] = useState<Taken>(new Map());
  const [trouble, setTrouble] = useState<string | null>(null);

  const look = useCallback(async () => setWaiting(await waitingOf(study, user)), [study, user]);
  const send = useCallback(async () => {
    const take = (one: Waiting, reading: OwnReading) => {
      setTaken((before) => new Map(before).set(one.case, reading));
      cache.setQueryData<Worklist>(worklistQuery(study).queryKey, (list) => list && { ...list, items: list.items.map((item) => (item.case === one.case ? { ...item, reading } : item)) });
    };
    const sent = await sendWaiting(study, user, take);
    setTrouble(sent.done ? null : sent.why);
    await look();
  }, [cache, study, user, look]);

  useEffect(() => {
    const now = () => void look().then(send).catch((error: unknown) => setTrouble(messageOf(error)));
    now();
    const timer = setInterval(now, AGAIN_MS);
    window.addEventListener('online', now);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', now);
    };
  }, [look, send]);

  /** Written on this device before it is sent, and before the next picture is shown. */
  const give = useCallback(
    async (one: Waiting) => {
      await keepReading(one);
      await look();
      send().catch((error: unknown) => setTrouble(messageOf(error)));
    },
    [look, send],
  );
  return { waiting, taken, trouble, give };
}
