/// <reference lib="webworker" />
import { base64 } from './bytes.ts';
import { checkSigned } from './descriptor.ts';
import { DiagnosisError } from './errors.ts';
import { normalised, pictureOf, squash } from './imaging/input.ts';
import { viewOf } from './imaging/view.ts';
import { split } from './request.ts';
import type { Ask, Plane, Prepared, Step, Told } from './spoken.ts';
import type { View } from './imaging/view.ts';

/** Where pictures are decoded, shared and sealed, beside the page so that it stays quick. It opens no connection. */

const scope = self as unknown as DedicatedWorkerGlobalScope;
const say = (told: Told, transfer: Transferable[] = []) => scope.postMessage(told, transfer);

async function perform(ask: Ask, step: (name: Step) => void): Promise<Prepared | View | Plane> {
  step('decoding');
  if (ask.kind === 'view') return viewOf(await pictureOf(ask.file, ask.size));
  if (ask.kind === 'plane') {
    const greys = squash(await pictureOf(ask.file, ask.input.size), ask.input.size);
    return { greys, integers: normalised(greys, ask.input) };
  }
  const { descriptor } = await checkSigned(ask.signed);
  const { input } = descriptor;
  const plane = normalised(squash(await pictureOf(ask.file, input.size), input.size), input);
  step('sharing');
  const { shares, digest } = await split(descriptor, plane, ask.answerKey, ask.diagnosis);
  step('sealing');
  return { shares: [base64(shares[0]), base64(shares[1])], requestDigest: digest };
}

scope.onmessage = async ({ data }: MessageEvent<{ id: number; ask: Ask }>) => {
  const { id, ask } = data;
  try {
    const value = await perform(ask, (step) => say({ id, step }));
    say({ id, value }, 'data' in value ? [value.data.buffer] : []);
  } catch (error) {
    const code = error instanceof DiagnosisError ? error.code : null;
    say({ id, refusal: { code, message: error instanceof Error ? error.message : 'The picture could not be prepared.' } });
  }
};
