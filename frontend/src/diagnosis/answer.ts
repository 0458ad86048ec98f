import { type Bytes, fromBase64, hex, joined, same } from './bytes.ts';
import { canonicalJson, type JsonObject } from './canonical.ts';
import type { Descriptor } from './descriptor.ts';
import { purpose } from './digest.ts';
import { DiagnosisError } from './errors.ts';
import { unframe } from './framing.ts';
import { HEX64, text } from './reading.ts';
import { answerInfo, open } from './sealing.ts';
import { signedSum, unsignedSum, values, wordBytes } from './words.ts';

/** Both parties' answers, verified, opened with the keys of the request and added up. Only the requester can. */

export interface Answer {
  readonly party: number;
  readonly sealed: string;
  readonly signature: string;
}

export interface Opened {
  readonly label: number;
  /** In the order of the classes; null where the service gives a label alone. */
  readonly logits: readonly number[] | null;
  /** Every logit is one that can be computed right; if not, the answer counts as none. */
  readonly plausible: boolean;
}

interface Half {
  session: string;
  words: bigint[];
}

export interface Asked {
  readonly descriptor: Descriptor;
  readonly diagnosis: string;
  readonly keys: CryptoKeyPair;
  readonly requestDigest: Bytes;
}

export async function openAnswers(asked: Asked, answers: readonly Answer[]): Promise<Opened> {
  const [first, second] = [0, 1].map((party) => answers.find((one) => one.party === party));
  if (first === undefined || second === undefined || answers.length !== 2) {
    throw new DiagnosisError('answer.incomplete', `One answer of each party is needed, got ${answers.length}. Send the image again.`);
  }
  const [ours, theirs] = await Promise.all([openHalf(asked, first), openHalf(asked, second)]);
  if (ours.session !== theirs.session) {
    throw new DiagnosisError('answer.mismatch', "The parties' answers are of two computations and do not add up. Send the image again.");
  }
  return added(asked.descriptor, ours.words, theirs.words);
}

async function openHalf(asked: Asked, answer: Answer): Promise<Half> {
  const sealed = await signedBytes(asked.descriptor, answer);
  const plaintext = await open(asked.keys, sealed, answerInfo(asked.diagnosis, answer.party)).catch(() => {
    throw new DiagnosisError('answer.wrong_request', `The answer of party ${answer.party} does not open with this request's key; it belongs to another request. Send the image again.`);
  });
  const { header, payload } = read(answer.party, plaintext);
  const session = text(header, 'session', HEX64);
  const { descriptor, diagnosis, requestDigest } = asked;
  const wanted = { v: 1, diagnosis, service: descriptor.service, descriptor: descriptor.digest, party: answer.party, policy: descriptor.output.policy, session, request: hex(requestDigest) };
  if (!same(canonicalJson(header), canonicalJson(wanted))) {
    throw new DiagnosisError('answer.wrong_request', `The answer of party ${answer.party} is to another request. Send the image again.`);
  }
  const { words, ring_bits } = descriptor.output;
  if (payload.length !== words * wordBytes(ring_bits)) throw corrupt(answer.party);
  return { session, words: values(payload, ring_bits) };
}

async function signedBytes(descriptor: Descriptor, { party, sealed, signature }: Answer): Promise<Bytes> {
  try {
    const content = fromBase64(sealed);
    const signer = descriptor.parties[party === 0 ? 0 : 1].identity;
    if (await signer.signed(joined(purpose('primia answer v1'), content), fromBase64(signature))) return content;
  } catch {
    // Not base64: nobody has signed that.
  }
  throw new DiagnosisError('answer.forged', `Party ${party} has not signed the answer that came in its name. Do not trust the relay; tell the service's operator.`);
}

function read(party: number, plaintext: Bytes): { header: JsonObject; payload: Bytes } {
  try {
    const { header, payload } = unframe(plaintext);
    text(header, 'session', HEX64);
    return { header, payload };
  } catch {
    throw corrupt(party);
  }
}

function added({ output, classes }: Descriptor, ours: readonly bigint[], theirs: readonly bigint[]): Opened {
  const pairs = ours.map((value, index) => [value, theirs[index] ?? 0n] as const);
  if (output.policy === 'label') {
    const [[one, other] = [0n, 0n]] = pairs;
    const label = unsignedSum(one, other, output.ring_bits);
    if (label >= classes.length) throw new DiagnosisError('answer.corrupt', `The answer names class ${label}, the service has ${classes.length}. Send the image again.`);
    return { label, logits: null, plausible: true };
  }
  const logits = pairs.map(([one, other]) => signedSum(one, other, output.ring_bits) / output.scale);
  return { label: logits.indexOf(Math.max(...logits)), logits, plausible: logits.every((logit) => Math.abs(logit) <= output.limit) };
}

const corrupt = (party: number) => new DiagnosisError('answer.corrupt', `The answer of party ${party} does not hold what the service promises. Send the image again.`);
