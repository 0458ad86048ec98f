import { collectAnswers } from '@/api/diagnoses';
import { openAnswers } from '@/diagnosis/answer';
import { checkSigned } from '@/diagnosis/descriptor';
import { DiagnosisError } from '@/diagnosis/errors';
import { resultOf } from '@/diagnosis/result';
import { change, recall, type Remembered } from '@/diagnosis/vault';
import { ApiError } from '@/lib/problem';

/**
 * Fetches an answer and opens it, once: two tabs of one browser take turns.
 *
 * The relay hands an answer out a single time, so it is written down sealed before it is opened: a tab that closes in
 * between loses nothing. When it is open, its keys are thrown away.
 */
export async function settle(id: string): Promise<Remembered | undefined> {
  const locks: LockManager | undefined = navigator.locks;
  return locks === undefined ? settled(id) : await locks.request(`primia-diagnosis-${id}`, () => settled(id));
}

async function settled(id: string): Promise<Remembered | undefined> {
  const before = await recall(id);
  if (before === undefined || before.result !== null || before.failure !== null) return before;
  try {
    const record = before.answers === null ? await change(id, { answers: await collectAnswers(id) }) : before;
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
