import { type Diagnosis, sendDiagnosis } from '@/api/diagnoses';
import type { Descriptor } from '@/diagnosis/descriptor';
import { base64 } from '@/diagnosis/bytes';
import { randomBytes } from '@/diagnosis/randomness';
import { answerKeys } from '@/diagnosis/sealing';
import type { Step } from '@/diagnosis/spoken';
import { inWorker } from '@/diagnosis/studio';
import { forget, remember } from '@/diagnosis/vault';
import { ApiError } from '@/lib/problem';
import type { JsonObject } from '@/diagnosis/canonical';

/** One picture's way out of this device: shared, sealed, remembered here, and only then sent. */

const RECEIPT_BYTES = 32;
const newReceipt = () => base64(randomBytes(RECEIPT_BYTES));

export interface Sending {
  readonly file: File;
  readonly user: string;
  readonly signed: JsonObject;
  readonly descriptor: Descriptor;
  readonly batch: string | null;
  readonly keepPicture: boolean;
  readonly id: string;
}

export async function send({ file, user, signed, descriptor, batch, keepPicture, id }: Sending, step: (step: Step | 'sending') => void = () => undefined): Promise<Diagnosis> {
  const { keys, point } = await answerKeys();
  const { shares, requestDigest } = await inWorker({ kind: 'prepare', file, signed, diagnosis: id, answerKey: point }, step);
  // The key is in the browser's store before anything leaves: a tab that closes now loses no answer.
  await remember({
    id, user, service: descriptor.service, signed, source: file.name, sentAt: new Date().toISOString(), batch, keys, requestDigest, receipt: newReceipt(),
    answers: null, result: null, openedAt: null, failure: null, picture: keepPicture ? file : null,
  });
  step('sending');
  try {
    return await sendDiagnosis({ id, service: descriptor.service, descriptor: descriptor.digest, shares, batch });
  } catch (error) {
    // Refused for good: nobody will ever answer. Where the line broke, it may have arrived; the record stays.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) await forget(id);
    throw error;
  }
}
