import { describe, expect, it } from 'vitest';
import vectors from '../../../tests/vectors/diagnosis.json';
import { type Answer, openAnswers } from './answer';
import { fromHex, hex, utf8 } from './bytes';
import { canonicalJson, type Json, type JsonObject } from './canonical';
import { checkSigned } from './descriptor';
import { sha256Hex } from './digest';
import { expand } from './expansion';
import { frame, unframe } from './framing';
import { readIdentity } from './identity';
import { normalised, squash, table } from './imaging/input';
import { rasterPicture } from './imaging/raster';
import { verifyLog } from './log';
import { split } from './request';
import { certaintyOf, normalisedEntropy, resultOf, softmax } from './result';
import { open, seal, shareInfo } from './sealing';
import { values, wordBytes } from './words';

/** The same file holds the Python package and this code to the same bytes. */

const P256 = { name: 'ECDH', namedCurve: 'P-256' };

async function keysOf(vector: { jwk: JsonWebKey; public: string }): Promise<CryptoKeyPair> {
  const [privateKey, publicKey] = await Promise.all([crypto.subtle.importKey('jwk', vector.jwk, P256, false, ['deriveBits']), crypto.subtle.importKey('jwk', { ...vector.jwk, d: undefined }, P256, true, [])]);
  return { privateKey, publicKey };
}

const descriptorOf = async (index: number) => (await checkSigned(vectors.descriptors[index]?.signed)).descriptor;

describe('sealing', () => {
  it.each(vectors.hpke.cases)('opens what Python sealed', async ({ info, plaintext, sealed }) => {
    expect(hex(await open(await keysOf(vectors.hpke.key), fromHex(sealed), utf8(info)))).toBe(plaintext);
  });

  it.each(vectors.hpke.refused)('does not open $why', async ({ info, sealed }) => {
    await expect(open(await keysOf(vectors.hpke.key), fromHex(sealed), utf8(info))).rejects.toMatchObject({ code: 'diagnosis.unsealable' });
  });

  it('adds 81 bytes', async () => {
    expect(await seal(fromHex(vectors.hpke.key.public), utf8('x'), utf8('info'))).toHaveLength(82);
  });
});

it.each(vectors.expansion)('expands a seed to $words words of $ring_bits bits', async ({ seed, ring_bits, words, bytes, last }) => {
  const drawn = await expand(fromHex(seed), words * wordBytes(ring_bits));
  expect(hex(drawn)).toBe(bytes);
  expect(String(values(drawn, ring_bits).at(-1))).toBe(last);
});

it.each(vectors.canonical)('writes canonical JSON of $bytes', async ({ value, bytes, sha256 }) => {
  expect(hex(canonicalJson(value as Json))).toBe(bytes);
  expect(await sha256Hex(value as Json)).toBe(sha256);
});

it.each(vectors.frames)('frames $header', ({ header, payload, bytes }) => {
  expect(hex(frame(JSON.parse(header) as JsonObject, fromHex(payload)))).toBe(bytes);
  const read = unframe(fromHex(bytes));
  expect(read.header).toEqual(JSON.parse(header));
  expect(hex(read.payload)).toBe(payload);
});

it('verifies signatures', async () => {
  const vector = vectors.ed25519;
  const identity = await readIdentity(vector.identity);
  expect(identity.fingerprint).toBe(vector.fingerprint);
  expect(await identity.signed(fromHex(vector.message), fromHex(vector.signature))).toBe(true);
  for (const { message, signature } of vector.refused) expect(await identity.signed(fromHex(message), fromHex(signature))).toBe(false);
});

it.each([0, 1])('reads descriptor %i, its fingerprints and its table of greys', async (index) => {
  const vector = vectors.descriptors[index];
  const descriptor = await descriptorOf(index);
  expect(descriptor.digest).toBe(vector?.digest);
  expect([...descriptor.parties, descriptor.dealer, descriptor.owner].map(({ fingerprint }) => fingerprint)).toEqual(vector?.fingerprints);
  expect([...table(descriptor.input)]).toEqual(vector?.table);
  const plane = [...normalised(fromHex(vector?.plane ?? ''), descriptor.input)];
  expect(Array.from({ length: descriptor.input.channels }, () => plane).flat()).toEqual(vector?.integers);
});

it.each(vectors.refused_descriptors)('refuses a descriptor: $why', async ({ signed }) => {
  await expect(checkSigned(signed)).rejects.toMatchObject({ name: 'DiagnosisError' });
});

it('follows the log, and refuses each other one', async () => {
  await expect(verifyLog(vectors.log.entries)).resolves.toHaveLength(vectors.log.entries.length);
  for (const { why, entries } of vectors.log.refused) await expect(verifyLog(entries), why).rejects.toMatchObject({ code: 'descriptor.log' });
});

describe.each(vectors.requests.map((request, index) => ({ ...request, index })))('request $index', (vector) => {
  it('is opened by its parties, and is made so that they can', async () => {
    const descriptor = await descriptorOf(vector.descriptor);
    const parties = await Promise.all((vectors.descriptors[vector.descriptor]?.keys ?? []).map(keysOf));
    const openedBy = (party: 0 | 1, sealed: Uint8Array<ArrayBuffer>) => open(parties[party] as CryptoKeyPair, sealed, shareInfo(descriptor.service, party));
    for (const party of [0, 1] as const) expect(hex(await openedBy(party, fromHex(vector.sealed[party] ?? '')))).toBe(vector.plaintexts[party]);
    const { size } = descriptor.input;
    // The vector's channels differ, a picture's do not; the first one is a plane that fits.
    const plane = Int32Array.from(vector.integers.slice(0, size * size));
    const headers = [unframe(fromHex(vector.plaintexts[0] ?? '')), unframe(fromHex(vector.plaintexts[1] ?? ''))] as const;
    const drawn = [headers[0].payload, fromHex(String(headers[0].header.salt)), fromHex(String(headers[1].header.salt))];
    const request = await split(descriptor, plane, fromHex(vector.answer_key.public), vector.diagnosis, () => drawn.shift() ?? new Uint8Array());
    const ours = unframe(await openedBy(1, request.shares[1]));
    const bytes = size * size * (descriptor.input.ring_bits / 8);
    expect(hex(ours.payload.slice(0, bytes))).toBe(hex(headers[1].payload.slice(0, bytes)));
    expect({ ...ours.header, own: '' }).toEqual({ ...headers[1].header, own: '' });
    if (descriptor.input.channels === 1) expect(hex(request.digest)).toBe(vector.digest);
  });

  const asked = async () => ({ descriptor: await descriptorOf(vector.descriptor), diagnosis: vector.diagnosis, keys: await keysOf(vector.answer_key), requestDigest: fromHex(vector.digest) });

  it('has an answer', async () => {
    const want = vector.opened;
    const question = await asked();
    const opened = await openAnswers(question, vector.answers);
    expect(opened).toEqual({ label: want.label, logits: want.logits, plausible: want.plausible });
    const result = resultOf(opened, question.descriptor);
    expect(result.certainty).toBe(want.certainty);
    if (want.probabilities === null || want.logits === null) return expect(result.probabilities).toBeNull();
    result.probabilities?.forEach(({ value }, index) => expect(value).toBeCloseTo(want.probabilities[index] ?? Number.NaN, 12));
    expect(normalisedEntropy(softmax(want.logits.map((logit) => logit / question.descriptor.output.temperature)))).toBeCloseTo(want.entropy ?? Number.NaN, 12);
  });

  it.each(vector.refused.map(({ why, code, answers }) => ({ why, code, answers: answers as Answer[] })))('has no other: $why', async ({ code, answers }) => {
    await expect(openAnswers(await asked(), answers)).rejects.toMatchObject({ code });
  });
});

it.each(vectors.certainty)('says $certainty', ({ margin, entropy, plausible, certainty }) => {
  expect(certaintyOf(margin, entropy, plausible)).toBe(certainty);
});

it.each(vectors.resize)('resizes $width x $height to $size as Pillow does', (vector) => {
  const { width, height, size, squashed } = vector;
  const flat = 'float32' in vector && typeof vector.float32 === 'string' ? new Float32Array(fromHex(vector.float32).buffer) : Float32Array.from(fromHex(vector.grey ?? ''), (grey) => grey / 255);
  expect(hex(squash({ width, height, data: flat }, size))).toBe(squashed);
});

it('takes the luminance of colours as Pillow does', async () => {
  const rgb = fromHex(vectors.luminance.rgb);
  const pixels = rgb.length / 3;
  const rgba = Uint8ClampedArray.from({ length: pixels * 4 }, (_, at) => (at % 4 === 3 ? 255 : (rgb[3 * Math.floor(at / 4) + (at % 4)] ?? 0)));
  const decode = () => Promise.resolve({ width: pixels, height: 1, strips: (each: (strip: Uint8ClampedArray, row: number) => void) => each(rgba, 0) });
  // One channel: colours are not refused, so that every one of them is tried.
  const { data } = await rasterPicture(new Blob(), { width: pixels, height: 1, channels: 1, deepGrey: false }, decode);
  expect(hex(Uint8Array.from(data, (value) => Math.round(value * 255)))).toBe(vectors.luminance.grey);
});
