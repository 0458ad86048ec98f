import { useEffect, useState } from 'react';
import type { View } from '@/diagnosis/imaging/view';
import { inWorker } from '@/diagnosis/studio';

export type Picture = { state: 'reading' } | { state: 'there'; view: View } | { state: 'refused'; error: Error };

/** A file, decoded beside the page for this screen; or why the service would not take it. */
export function usePicture(file: Blob | null, size: number): Picture | null {
  const [found, setFound] = useState<{ file: Blob; picture: Picture } | null>(null);
  useEffect(() => {
    if (file === null) return;
    let wanted = true;
    const keep = (picture: Picture) => {
      if (wanted) setFound({ file, picture });
    };
    inWorker({ kind: 'view', file, size }).then(
      (view) => keep({ state: 'there', view }),
      (error: unknown) => keep({ state: 'refused', error: error instanceof Error ? error : new Error(String(error)) }),
    );
    return () => {
      wanted = false;
    };
  }, [file, size]);
  if (file === null) return null;
  return found?.file === file ? found.picture : { state: 'reading' };
}
