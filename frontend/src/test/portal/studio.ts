import { base64 } from '../../diagnosis/bytes.ts';
import { checkSigned } from '../../diagnosis/descriptor.ts';
import { DiagnosisError } from '../../diagnosis/errors.ts';
import type { View } from '../../diagnosis/imaging/view.ts';
import { split } from '../../diagnosis/request.ts';
import type { Ask, Prepared, Step } from '../../diagnosis/spoken.ts';

/** In place of the worker, where there is no canvas to decode with: a grey of the file's size, really shared and sealed. */
export async function inWorker(ask: Ask, step: (step: Step) => void = () => undefined): Promise<Prepared | View> {
  step('decoding');
  if (ask.file instanceof File && ask.file.name.includes('photo')) throw new DiagnosisError('input.colour', '31 % of the picture’s pixels have a colour, an X-ray has none.');
  if (ask.kind !== 'prepare') return { width: 2, height: 2, data: Uint16Array.of(0, 20_000, 40_000, 65_535) };
  const { descriptor } = await checkSigned(ask.signed);
  step('sharing');
  const plane = new Int32Array(descriptor.input.size ** 2).fill(Math.round(descriptor.input.scale * 0.25));
  const { shares, digest } = await split(descriptor, plane, ask.answerKey, ask.diagnosis);
  step('sealing');
  return { shares: [base64(shares[0]), base64(shares[1])], requestDigest: digest };
}
