import { giveReading, type OwnReading } from '@/api/readings';
import { ApiError } from '@/lib/problem';
import { dropReading, keepReading, type Waiting, waitingOf } from './desk';

/** Sends what waits, one after another in the order of reading, and stops where the line does. */

export type Sent = { done: true } | { done: false; why: string };

const FINAL = new Set([400, 404, 409]);

/** Only one round at a time, so that the platform gets the readings in their order. */
let under: Promise<Sent> = Promise.resolve({ done: true });

export function sendWaiting(study: string, user: string, taken: (waiting: Waiting, reading: OwnReading) => void): Promise<Sent> {
  // A round that broke off, since this device's store gave an error, holds up none after it.
  under = under.catch(() => undefined).then(() => round(study, user, taken));
  return under;
}

async function round(study: string, user: string, taken: (waiting: Waiting, reading: OwnReading) => void): Promise<Sent> {
  for (const waiting of await waitingOf(study, user)) {
    if (waiting.refused !== null) continue;
    try {
      const reading = await giveReading(study, bodyOf(waiting));
      taken(waiting, reading); // first, so that at no moment is the case one that nobody read
      await dropReading(waiting.id);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // What can never be taken is kept and shown, and does not hold up the others.
      if (error instanceof ApiError && FINAL.has(error.status)) await keepReading({ ...waiting, refused: why });
      else return { done: false, why };
    }
  }
  return { done: true };
}

/** Field by field: nothing else that this device knows can slip into a request. */
function bodyOf({ id, case: of, label, confidence, shown_at, read_at, seconds, replaces }: Waiting) {
  return { id, case: of, label, confidence, shown_at, read_at, seconds, replaces };
}
