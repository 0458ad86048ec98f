import { acknowledgeAnswers, collectAnswers } from '@/api/diagnoses';
import { openAnswers } from '@/diagnosis/answer';
import { checkSigned } from '@/diagnosis/descriptor';
import { DiagnosisError } from '@/diagnosis/errors';
import { resultOf } from '@/diagnosis/result';
import { change, recall, type Remembered } from '@/diagnosis/vault';
import { ApiError } from '@/lib/problem';

/**
 * Fetches an answer, opens it and acknowledges its arrival, once: two tabs of one browser take turns.
 *
 * The relay hands an answer out to one receipt, which this browser has kept since before it sent: a page that goes in
 * between asks again. The answer is written down sealed before it is opened. When it is open, its keys are thrown away.
 */
export async function settle(id: string): Promise<Remembered | undefined> {
  const locks: LockManager | undefined = navigator.locks;
  return locks === undefined ? settled(id) : await locks.request(`primia-diagnosis-${id}`, () => settled(id));
}

/** Whether there is an answer to fetch, to open or to acknowledge. */
export const isOwed = ({ result, failure, receipt }: Remembered) => (result === null && failure === null) || receipt != null;

async function settled(id: string): Promise<Remembered | undefined> {
  const before = await recall(id);
  if (before === undefined || !isOwed(before)) return before;
  const record = before.result === null && before.failure === null ? await answered(before) : before;
  return record === undefined ? undefined : acknowledged(record);
}

async function answered(before: Remembered): Promise<Remembered | undefined> {
  const { id } = before;
  try {
    const record = before.answers === null ? await change(id, { answers: await collectAnswers(id, before.receipt) }) : before;
    return record === undefined ? undefined : await opened(record);
  } catch (error) {
    // What a second try may mend is tried again later; the rest is written down.
    if (error instanceof DiagnosisError || (error instanceof ApiError && error.status === 410)) {
      return change(id, { keys: null, answers: null, failure: { code: error.code, message: error.message } });
    }
    throw error;
  }
}

async function opened(record: Remembered): Promise<Remembered | undefined> {
  const { keys, answers } = record;
  if (keys === null || answers === null) throw new DiagnosisError('answer.key_lost', 'The key that this answer is sealed for is no longer in this browser.');
  const { descriptor } = await checkSigned(record.signed);
  const answer = await openAnswers({ descriptor, diagnosis: record.id, keys, requestDigest: record.requestDigest }, answers);
  return change(record.id, { result: resultOf(answer, descriptor), openedAt: new Date().toISOString(), keys: null, answers: null });
}

/** What the platform does not hear now it hears the next time this page is open; else it deletes the answer when its day is over. */
async function acknowledged(record: Remembered): Promise<Remembered | undefined> {
  const { id, receipt } = record;
  if (receipt == null) return record;
  try {
    await acknowledgeAnswers(id, receipt);
  } catch (error) {
    // Handed out to somebody else, expired, or forgotten: nothing of it is left there.
    if (!(error instanceof ApiError && [404, 409, 410].includes(error.status))) throw error;
  }
  return change(id, { receipt: null });
}
