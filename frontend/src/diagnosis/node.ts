import { fromBase64, joined } from './bytes.ts';
import { canonicalJson, type JsonObject } from './canonical.ts';
import { purpose, sha256Hex } from './digest.ts';
import { DiagnosisError } from './errors.ts';
import { type PublicIdentity, readIdentity } from './identity.ts';
import { Misfit, object, text } from './reading.ts';

/** What everybody may know of a computing node. There is none whose keys are not signed by itself. */

export interface PublicNode {
  readonly name: string;
  readonly identity: PublicIdentity;
  readonly sealingKey: Uint8Array<ArrayBuffer>;
  /** Stands for all three keys: what two people compare by telephone. */
  readonly fingerprint: string;
}

const FIELDS = ['name', 'identity', 'sealing_key', 'certificate', 'signature'];
const POINT_BYTES = 65;

export async function readNode(value: unknown): Promise<PublicNode> {
  try {
    return await verified(object(value, 'node', FIELDS));
  } catch (error) {
    if (error instanceof DiagnosisError) throw error;
    throw new DiagnosisError('node.identity', `A node's public keys cannot be used: ${error instanceof Error ? error.message : 'not readable'}. Ask its operator to publish them again.`);
  }
}

async function verified(json: JsonObject): Promise<PublicNode> {
  const [name, sealing_key, certificate] = [text(json, 'name'), text(json, 'sealing_key'), text(json, 'certificate')];
  const identity = await readIdentity(json.identity);
  const sealingKey = fromBase64(sealing_key);
  if (sealingKey.length !== POINT_BYTES) throw new Misfit(`the sealing key has ${sealingKey.length} bytes, not ${POINT_BYTES}`);
  const message = joined(purpose('primia node v1'), canonicalJson({ name, sealing_key, certificate }));
  if (!(await identity.signed(message, fromBase64(text(json, 'signature'))))) throw new Misfit('they are not signed by the identity beside them');
  const fingerprint = await sha256Hex({ name, identity: identity.json, sealing_key, certificate });
  return { name, identity, sealingKey, fingerprint };
}
