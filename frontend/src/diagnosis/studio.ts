import { DiagnosisError } from './errors.ts';
import type { View } from './imaging/view.ts';
import type { Ask, Plane, Prepared, Step, Told } from './spoken.ts';

/** The page's side of the worker: one is started when the first picture comes, and serves all of them in turn. */

type Answered = { prepare: Prepared; view: View; plane: Plane };

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  step: (step: Step) => void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let last = 0;

export function inWorker<Kind extends Ask['kind']>(ask: Extract<Ask, { kind: Kind }>, step: (step: Step) => void = () => undefined): Promise<Answered[Kind]> {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (value: never) => void, reject, step });
    started().postMessage({ id, ask });
  });
}

function started(): Worker {
  if (worker !== null) return worker;
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Told>) => hear(data);
  worker.onerror = () => fail(new DiagnosisError('browser.unable', 'The part of this page that reads pictures has stopped. Reload the page; if it happens again, use `primia diagnose`.'));
  return worker;
}

function hear(told: Told): void {
  const one = waiting.get(told.id);
  if (one === undefined) return;
  if ('step' in told) return one.step(told.step);
  waiting.delete(told.id);
  if ('value' in told) one.resolve(told.value as never);
  else one.reject(told.refusal.code === null ? new Error(told.refusal.message) : new DiagnosisError(told.refusal.code, told.refusal.message));
}

function fail(error: Error): void {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
  worker?.terminate();
  worker = null;
}
