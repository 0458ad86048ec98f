import { type Bytes, fromBase64, fromBase64Url, hex } from './bytes.ts';
import type { JsonObject } from './canonical.ts';
import { sha256 } from './digest.ts';
import { Misfit, object, text } from './reading.ts';

/** Who signs: the Ed25519 key in the DID document that an institution publishes. */

export interface PublicIdentity {
  readonly name: string;
  readonly fingerprint: string;
  readonly json: JsonObject;
  /** Says whether this identity has signed the message. */
  readonly signed: (message: Bytes, signature: Bytes) => Promise<boolean>;
}

export async function readIdentity(value: unknown): Promise<PublicIdentity> {
  const json = object(value, 'identity', ['name', 'document']);
  const raw = keyOf(text(json, 'document'));
  const key = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  return {
    name: text(json, 'name'),
    fingerprint: hex(await sha256(raw)),
    json,
    signed: (message, signature) => crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message),
  };
}

function keyOf(document: string): Bytes {
  const did: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(document)));
  const methods = object(did, 'the DID document').verificationMethod;
  const jwk = object(object(Array.isArray(methods) ? methods[0] : null, 'the signing key').publicKeyJwk, 'the signing key');
  if (jwk.crv !== 'Ed25519') throw new Misfit('the signing key is not of Ed25519');
  const key = fromBase64Url(text(jwk, 'x'));
  if (key.length !== 32) throw new Misfit(`the signing key has ${key.length} bytes, not 32`);
  return key;
}
