import { useCallback, useLayoutEffect, useRef } from 'react';

/** Seconds with the picture in view: it stands while the reader pauses, and while the page is hidden. */
export function useStopwatch(running: boolean): { read: () => number; restart: (from: number) => void } {
  const kept = useRef(0);
  const since = useRef<number | null>(null);
  const stop = useCallback(() => {
    if (since.current !== null) kept.current += (performance.now() - since.current) / 1000;
    since.current = null;
  }, []);
  const go = useCallback(() => {
    if (since.current === null && document.visibilityState === 'visible') since.current = performance.now();
  }, []);
  useLayoutEffect(() => {
    if (!running) return;
    const turn = () => (document.visibilityState === 'visible' ? go() : stop());
    go();
    document.addEventListener('visibilitychange', turn);
    return () => {
      document.removeEventListener('visibilitychange', turn);
      stop();
    };
  }, [running, go, stop]);
  const read = useCallback(() => kept.current + (since.current === null ? 0 : (performance.now() - since.current) / 1000), []);
  const restart = useCallback((from: number) => {
    kept.current = from;
    if (since.current !== null) since.current = performance.now();
  }, []);
  return { read, restart };
}
