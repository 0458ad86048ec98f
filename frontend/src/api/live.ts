import type { DiagnosisEvent } from './diagnoses';
import type { JobEvent } from './types';

/** Follows a numbered series of events over a websocket: replays from the last number seen, then follows; nothing twice, nothing lost. */

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'forbidden' | 'unknown';

export interface LiveHandlers<Event = JobEvent> {
  onEvent: (event: Event) => void;
  onState: (state: LiveState) => void;
}

export interface LiveOptions {
  socket?: new (url: string) => WebSocket;
  random?: () => number;
}

const FORBIDDEN = 4403;
const UNKNOWN = 4404;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

export function liveAddress(job: string, after: number, origin: string = window.location.origin): string {
  return `${origin.replace(/^http/, 'ws')}/ws/jobs/${job}?after=${after}`;
}

/** Each returns the function that stops following. */
export const followJob = (job: string, after: number, handlers: LiveHandlers, options?: LiveOptions) => follow((seen) => liveAddress(job, seen), after, handlers, options);

export const followDiagnosis = (id: string, after: number, handlers: LiveHandlers<DiagnosisEvent>, options?: LiveOptions) =>
  follow((seen) => `${window.location.origin.replace(/^http/, 'ws')}/ws/diagnoses/${id}?after=${seen}`, after, handlers, options);

function follow<Event extends { seq: number }>(address: (seen: number) => string, after: number, handlers: LiveHandlers<Event>, options: LiveOptions = {}): () => void {
  const Socket = options.socket ?? WebSocket;
  const random = options.random ?? Math.random;
  let seen = after;
  let attempt = 0;
  let stopped = false;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    clearTimeout(timer);
    const mine = new Socket(address(seen));
    socket = mine;
    mine.onopen = () => {
      attempt = 0;
      handlers.onState('live');
    };
    mine.onmessage = ({ data }) => {
      const event = JSON.parse(data as string) as Event;
      if (event.seq <= seen) return;
      seen = event.seq;
      handlers.onEvent(event);
    };
    mine.onclose = ({ code }) => {
      if (stopped || socket !== mine) return;
      if (code === FORBIDDEN || code === UNKNOWN) {
        stopped = true;
        return handlers.onState(code === FORBIDDEN ? 'forbidden' : 'unknown');
      }
      handlers.onState('reconnecting');
      timer = setTimeout(open, Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt++) * (0.5 + random() / 2));
    };
  };

  // A laptop that comes back online does not wait for the timer, nor trust the socket of the line before: it may be dead without a word.
  const anew = () => {
    if (stopped) return;
    const old = socket;
    handlers.onState('reconnecting');
    open();
    old?.close();
  };

  handlers.onState('connecting');
  open();
  window.addEventListener('online', anew);
  return () => {
    stopped = true;
    clearTimeout(timer);
    window.removeEventListener('online', anew);
    socket?.close();
  };
}
