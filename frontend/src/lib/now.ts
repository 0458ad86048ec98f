import { useSyncExternalStore } from 'react';

/** One clock for the page, ticking once a second while somebody looks. Screens that show ages share it. */

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function snapshot(): number {
  if (timer === undefined) current = Math.max(current, Date.now() - (Date.now() % TICK_MS));
  return current;
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}
