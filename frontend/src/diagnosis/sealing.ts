import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { type Bytes, joined, utf8 } from './bytes.ts';
import { DiagnosisError } from './errors.ts';

/** Sealed for one key and one purpose: HPKE in base mode (RFC 9180), the suite of primia_core/diagnosis/sealing.py. */

export const POINT_BYTES = 65;
export const SEAL_BYTES = POINT_BYTES + 16;

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

export async function seal(point: Bytes, plaintext: Bytes, info: Bytes): Promise<Bytes> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(point.slice().buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  return joined(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(plaintext)));
}

/** Opens what was sealed for a pair of keys, whose private half may be one that cannot be exported. */
export async function open(keys: CryptoKeyPair, sealed: Bytes, info: Bytes): Promise<Bytes> {
  try {
    const recipient = await suite.createRecipientContext({ recipientKey: keys, enc: sealed.slice(0, POINT_BYTES), info });
    return new Uint8Array(await recipient.open(sealed.slice(POINT_BYTES)));
  } catch {
    throw new DiagnosisError('diagnosis.unsealable', `${sealed.length} sealed bytes do not open: they were sealed for another key or purpose, or changed on their way. Send the image again.`);
  }
}

/** One answer's keys. The private one never leaves the browser's own store: no script can read it, this one neither. */
export async function answerKeys(): Promise<{ keys: CryptoKeyPair; point: Bytes }> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  return { keys, point: new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)) };
}

export const shareInfo = (service: string, party: number): Bytes => utf8(`primia diagnosis share v1\n${service}\n${party}`);
export const answerInfo = (diagnosis: string, party: number): Bytes => utf8(`primia diagnosis answer v1\n${diagnosis}\n${party}`);
