import { describe, expect, it } from 'vitest';
import signed from '@/test/desk/signed.json';
import { type Answer, type Asked, openAnswers } from './answer';
import { base64, type Bytes, hex, joined, utf8 } from './bytes';
import { checkSigned, type Descriptor, type Party } from './descriptor';
import { purpose, sha256 } from './digest';
import { expand } from './expansion';
import { frame, unframe } from './framing';
import { randomBytes } from './randomness';
import { split } from './request';
import { answerInfo, answerKeys, open, seal, shareInfo } from './sealing';
import { values } from './words';

/** A request to parties whose keys this test holds, and their answers: the whole way, and everything that a relay could try. */

const DIAGNOSIS = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const SESSION = 'ab'.repeat(32);

async function stage() {
  const { descriptor: real } = await checkSigned(signed);
  const sealing = [await answerKeys(), await answerKeys()];
  const signing = await Promise.all([0, 1].map(() => crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']) as Promise<CryptoKeyPair>));
  const party = (index: 0 | 1): Party => ({
    ...real.parties[index],
    sealingKey: sealing[index]?.point ?? new Uint8Array(),
    identity: { ...real.parties[index].identity, signed: (message, signature) => crypto.subtle.verify({ name: 'Ed25519' }, at(signing, index).publicKey, signature, message) },
  });
  const input = { ...real.input, size: 4, limit: 100, scale: 10 };
  const descriptor: Descriptor = { ...real, input, parties: [party(0), party(1)] };
  return { descriptor, sealing, signing };
}

function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}

const plane = Int32Array.from({ length: 16 }, (_, index) => (index - 8) * 100);

describe('a request', () => {
  it('is two halves that add up to the picture, bound to each other', async () => {
    const { descriptor, sealing } = await stage();
    const key = await answerKeys();
    const request = await split(descriptor, plane, key.point, DIAGNOSIS);
    const [first, second] = await Promise.all([0, 1].map(async (party) => unframe(await open(at(sealing, party).keys, at(request.shares, party), shareInfo(descriptor.service, party)))));
    if (first === undefined || second === undefined) throw new Error('two halves were sealed');
    expect(first.payload).toHaveLength(32);
    expect(first.header).toMatchObject({ party: 0, diagnosis: DIAGNOSIS, answer_key: base64(key.point), own: second.header.other });
    expect(second.header).toMatchObject({ party: 1, descriptor: descriptor.digest, policy: descriptor.output.policy, own: first.header.other });
    const salt = Uint8Array.from(String(second.header.salt).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(hex(await sha256(salt, second.payload))).toBe(second.header.own);
    const { ring_bits, channels } = descriptor.input;
    const mask = values(await expand(first.payload, second.payload.length), ring_bits);
    const sum = values(second.payload, ring_bits).map((word, index) => Number(BigInt.asIntN(ring_bits, word + at(mask, index))));
    expect(sum).toEqual(Array.from({ length: channels }, () => [...plane]).flat());
  });

  it('opens for no other party, service or key', async () => {
    const { descriptor, sealing } = await stage();
    const { shares } = await split(descriptor, plane, (await answerKeys()).point, DIAGNOSIS);
    const refuses = (index: number, info: Bytes) => expect(open(at(sealing, index).keys, shares[0], info)).rejects.toMatchObject({ code: 'diagnosis.unsealable' });
    await refuses(1, shareInfo(descriptor.service, 0));
    await refuses(0, shareInfo(descriptor.service, 1));
    await refuses(0, shareInfo('00000000-0000-4000-8000-000000000000', 0));
  });

  it('never uses a seed twice, and refuses a pixel beyond the calibrated range', async () => {
    const { descriptor } = await stage();
    const key = (await answerKeys()).point;
    const [one, other] = [await split(descriptor, plane, key, DIAGNOSIS), await split(descriptor, plane, key, DIAGNOSIS)];
    expect(hex(one.digest)).not.toBe(hex(other.digest));
    await expect(split(descriptor, Int32Array.from({ length: 16 }, () => 1001), key, DIAGNOSIS)).rejects.toMatchObject({ code: 'input.out_of_range' });
  });
});

describe('an answer', () => {
  const answers = async (change: { session?: string; request?: string; diagnosis?: string; words?: number[] } = {}) => {
    const { descriptor, signing } = await stage();
    const key = await answerKeys();
    const { digest } = await split(descriptor, plane, key.point, DIAGNOSIS);
    const scale = descriptor.output.scale;
    const wanted = change.words ?? descriptor.classes.map((_, index) => Math.round((index === 1 ? 2.5 : -1) * scale));
    const noise = wanted.map((_, index) => 0xdead_beef + index);
    const bytesOf = (list: readonly number[]) => new Uint8Array(Uint32Array.from(list, (value) => Number(BigInt.asUintN(32, BigInt(value)))).buffer);
    const answer = async (party: 0 | 1): Promise<Answer> => {
      const header = { v: 1, diagnosis: change.diagnosis ?? DIAGNOSIS, service: descriptor.service, descriptor: descriptor.digest, party, policy: descriptor.output.policy, session: party === 1 ? (change.session ?? SESSION) : SESSION, request: change.request ?? hex(digest) };
      const sealed = await seal(key.point, frame(header, bytesOf(party === 0 ? noise : wanted.map((value, index) => value - at(noise, index)))), answerInfo(DIAGNOSIS, party));
      const signature = await crypto.subtle.sign({ name: 'Ed25519' }, at(signing, party).privateKey, joined(purpose('primia answer v1'), sealed));
      return { party, sealed: base64(sealed), signature: base64(new Uint8Array(signature)) };
    };
    const asked: Asked = { descriptor, diagnosis: DIAGNOSIS, keys: key.keys, requestDigest: digest };
    return { asked, both: [await answer(0), await answer(1)] as const };
  };

  it('is the sum of both halves, in any order', async () => {
    const { asked, both } = await answers();
    const opened = await openAnswers(asked, [both[1], both[0]]);
    expect(opened).toMatchObject({ label: 1, plausible: true });
    expect(opened.logits?.[1]).toBeCloseTo(2.5, 2);
  });

  it('counts as none when a logit cannot have been computed right', async () => {
    const { asked, both } = await answers({ words: [2 ** 31 - 1, 0, 0] });
    expect(await openAnswers(asked, both)).toMatchObject({ plausible: false });
  });

  it.each([
    ['of two sessions', { session: 'cd'.repeat(32) }, 'answer.mismatch'],
    ['to another request', { request: 'cd'.repeat(32) }, 'answer.wrong_request'],
    ['to another diagnosis', { diagnosis: '00000000-0000-4000-8000-000000000000' }, 'answer.wrong_request'],
    ['of too few values', { words: [1] }, 'answer.corrupt'],
  ])('%s is refused', async (_, change, code) => {
    const { asked, both } = await answers(change);
    await expect(openAnswers(asked, both)).rejects.toMatchObject({ code });
  });

  it('is refused when the relay drops, doubles, swaps, signs anew or changes one', async () => {
    const { asked, both } = await answers();
    const [first, second] = both;
    const refused = (list: Answer[], code: string) => expect(openAnswers(asked, list)).rejects.toMatchObject({ code });
    await refused([first], 'answer.incomplete');
    await refused([first, first], 'answer.incomplete');
    await refused([first, second, second], 'answer.incomplete');
    await refused([{ ...first, party: 1 }, { ...second, party: 0 }], 'answer.forged');
    await refused([{ ...first, sealed: base64(utf8('other')) }, second], 'answer.forged');
    await refused([{ ...first, signature: 'not base64' }, second], 'answer.forged');
    await refused([first, { ...second, signature: base64(randomBytes(64)) }], 'answer.forged');
  });

  it('does not open with the keys of another request', async () => {
    const { asked, both } = await answers();
    await expect(openAnswers({ ...asked, keys: (await answerKeys()).keys }, both)).rejects.toMatchObject({ code: 'answer.wrong_request' });
  });
});

it('keeps the private half of the answer key from every script', async () => {
  const { keys } = await answerKeys();
  expect(keys.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow();
});

it('asks the operating system for at most 65,536 bytes at once', () => {
  expect(randomBytes(200_000)).toHaveLength(200_000);
  expect(new Set(randomBytes(70_000).subarray(65_500)).size).toBeGreaterThan(100);
});
