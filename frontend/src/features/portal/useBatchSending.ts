import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { announceBatch } from '@/api/diagnoses';
import { ApiError } from '@/lib/problem';
import type { Service } from './checkedService';
import { send } from './send';
import { type Trouble, troubleOf } from './trouble';

/** A folder of pictures on its way out, one after another. What is refused stands beside its file and stops nothing else. */

export interface Outgoing {
  readonly path: string;
  readonly state: 'waiting' | 'sending' | 'sent' | 'refused' | 'unsent';
  readonly id: string | null;
  readonly trouble: Trouble | null;
}

/** After these the next picture would fare no better. */
const HOPELESS = new Set(['diagnosis.budget_used_up', 'service.closed', 'service.expired', 'diagnosis.wrong_descriptor', 'client.unreachable']);
const PAUSE_MS = 4_000;
const TRIES = 30;

export const pathOf = (file: File) => file.webkitRelativePath || file.name;

export function useBatchSending(user: string) {
  const cache = useQueryClient();
  const [batch, setBatch] = useState<string | null>(null);
  const [files, setFiles] = useState<Outgoing[]>([]);
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);
  // Whoever leaves the page sends no more: nobody would see how far it is, and it would be offered to be sent again.
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const start = useCallback(
    async (service: Service, chosen: readonly File[], { name, keepPicture }: { name: string; keepPicture: boolean }, onBatch: (id: string) => void) => {
      const id = crypto.randomUUID();
      const note = (index: number, change: Partial<Outgoing>) => setFiles((before) => before.map((one, at) => (at === index ? { ...one, ...change } : one)));
      stopped.current = false;
      await announceBatch({ id, service: service.descriptor.service, name, count: chosen.length });
      if (stopped.current) return;
      setBatch(id);
      setFiles(chosen.map((file) => ({ path: pathOf(file), state: 'waiting', id: null, trouble: null })));
      setBusy(true);
      onBatch(id);
      for (const [index, file] of chosen.entries()) {
        if (stopped.current) break;
        const diagnosis = crypto.randomUUID();
        note(index, { state: 'sending', id: diagnosis });
        try {
          await patiently(() => send({ file, user, signed: service.signed, descriptor: service.descriptor, batch: id, keepPicture, id: diagnosis }), () => stopped.current);
          note(index, { state: 'sent' });
        } catch (error) {
          const trouble = troubleOf(error);
          note(index, { state: 'refused', trouble });
          if (HOPELESS.has(trouble.code)) stopped.current = true;
        }
        void cache.invalidateQueries({ queryKey: ['batches', id] });
      }
      setFiles((before) => before.map((one) => (one.state === 'waiting' ? { ...one, state: 'unsent' } : one)));
      setBusy(false);
    },
    [cache, user],
  );

  return { batch, files, busy, start, stop: () => void (stopped.current = true) };
}

/** A minute's allowance that is used up comes back by itself; the same request may be sent again. */
async function patiently<Value>(work: () => Promise<Value>, stopped: () => boolean): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'diagnosis.too_many' || attempt === TRIES || stopped()) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (stopped()) throw error;
    }
  }
}
