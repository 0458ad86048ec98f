import { base64, fromBase64, hex, joined } from '../../diagnosis/bytes.ts';
import { canonicalJson } from '../../diagnosis/canonical.ts';
import { purpose, sha256 } from '../../diagnosis/digest.ts';
import { expand } from '../../diagnosis/expansion.ts';
import { frame, unframe } from '../../diagnosis/framing.ts';
import { readDescriptor } from '../../diagnosis/descriptor.ts';
import { answerInfo, open, seal, shareInfo } from '../../diagnosis/sealing.ts';
import { values } from '../../diagnosis/words.ts';
import type { TestService } from './service.ts';

/**
 * What both parties answer to two sealed shares. They open them, which no relay can, but instead of computing a network
 * on shares they add them up and take the mean grey: enough to show that this very picture has arrived.
 */
export async function answersTo(service: TestService, diagnosis: string, shares: readonly string[]) {
  const descriptor = await readDescriptor(service.signed.descriptor);
  const [first, second] = await Promise.all(
    service.parties.map(async ({ sealing }, party) => unframe(await open(sealing, fromBase64(shares[party] ?? ''), shareInfo(service.id, party)))),
  );
  if (first === undefined || second === undefined) throw new Error('two shares make a request');
  const { header } = first;
  const { input, output } = descriptor;
  const mask = values(await expand(first.payload, second.payload.length), input.ring_bits);
  const sum = values(second.payload, input.ring_bits).reduce((all, word, index) => all + Number(BigInt.asIntN(input.ring_bits, word + (mask[index] ?? 0n))), 0);
  const mean = sum / mask.length / input.scale;
  const logits = [1.2 + mean, 2.9 - mean, 0.4].map((logit) => Math.round(logit * output.scale));
  const whole = { diagnosis, service: service.id, descriptor: header.descriptor ?? '', model: header.model ?? '', policy: header.policy ?? '', answer_key: header.answer_key ?? '', share0: header.own ?? '', share1: header.other ?? '' };
  const request = hex(await sha256(purpose('primia diagnosis request v1'), canonicalJson(whole)));
  const noise = Uint32Array.from(logits, (_, index) => 0x5eed_0000 + index);
  const halves = [noise, Uint32Array.from(logits, (logit, index) => logit - (noise[index] ?? 0))];
  return Promise.all(
    service.parties.map(async (node, party) => {
      const said = { v: 1, diagnosis, service: service.id, descriptor: service.digest, party, policy: output.policy, session: 'ab'.repeat(32), request };
      const sealed = await seal(fromBase64(String(header.answer_key)), frame(said, new Uint8Array((halves[party] ?? noise).buffer)), answerInfo(diagnosis, party));
      return { party, sealed: base64(sealed), signature: await node.sign(joined(purpose('primia answer v1'), sealed)) };
    }),
  );
}
