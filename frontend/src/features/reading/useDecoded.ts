import { useEffect, useState } from 'react';
import type { View } from '@/diagnosis/imaging/view';
import { inWorker } from '@/diagnosis/studio';

export type Decoded = { state: 'reading' } | { state: 'there'; view: View } | { state: 'refused'; why: string };

const ANY_SIZE = 0;
/** Decoding as promises: the picture in view, and the next one ahead of its time. */
const decoding = new WeakMap<Blob, Promise<View>>();

function decoded(file: Blob): Promise<View> {
  const known = decoding.get(file);
  if (known !== undefined) return known;
  const begun = inWorker({ kind: 'view', file, size: ANY_SIZE });
  decoding.set(file, begun);
  begun.catch(() => decoding.delete(file));
  return begun;
}

export function useDecoded(file: Blob | undefined, next: Blob | undefined): Decoded {
  const [found, setFound] = useState<{ file: Blob; decoded: Decoded } | null>(null);
  useEffect(() => {
    if (file === undefined) return;
    let wanted = true;
    const keep = (one: Decoded) => {
      if (wanted) setFound({ file, decoded: one });
    };
    decoded(file)
      .then(
        (view) => keep({ state: 'there', view }),
        (error: unknown) => keep({ state: 'refused', why: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => {
        if (wanted && next !== undefined) void decoded(next).catch(() => undefined);
      });
    return () => {
      wanted = false;
    };
  }, [file, next]);
  return found !== null && found.file === file ? found.decoded : { state: 'reading' };
}
