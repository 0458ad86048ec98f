import { base64, joined, utf8 } from '../../diagnosis/bytes.ts';
import { canonicalJson, type JsonObject } from '../../diagnosis/canonical.ts';
import { purpose } from '../../diagnosis/digest.ts';
import { answerKeys } from '../../diagnosis/sealing.ts';

/** Invented computing nodes with real keys: what they sign verifies, and what is sealed for them opens. */

export interface TestNode {
  readonly name: string;
  readonly public: JsonObject;
  readonly sealing: CryptoKeyPair;
  readonly sign: (message: Uint8Array<ArrayBuffer>) => Promise<string>;
}

const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export async function makeNode(name: string): Promise<TestNode> {
  const signing = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { keys: sealing, point } = await answerKeys();
  const x = urlSafe(base64(new Uint8Array(await crypto.subtle.exportKey('raw', signing.publicKey))));
  const document = base64(canonicalJson({ id: `did:web:${name}`, verificationMethod: [{ id: '#identity-key', publicKeyJwk: { crv: 'Ed25519', kty: 'OKP', x } }] }));
  const sign = async (message: Uint8Array<ArrayBuffer>) => base64(new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, signing.privateKey, message)));
  const said = { name, sealing_key: base64(point), certificate: `-----BEGIN CERTIFICATE-----\n${base64(utf8(name))}\n-----END CERTIFICATE-----\n` };
  const signature = await sign(joined(purpose('primia node v1'), canonicalJson(said)));
  return { name, public: { ...said, identity: { name, document }, signature }, sealing, sign };
}
