import { BEGINNING, hashOf, type LogEntry } from '../../diagnosis/log.ts';
import { fromHex, joined } from '../../diagnosis/bytes.ts';
import type { JsonObject } from '../../diagnosis/canonical.ts';
import { purpose, sha256Hex } from '../../diagnosis/digest.ts';
import { readNode } from '../../diagnosis/node.ts';
import real from '../desk/signed.json' with { type: 'json' };
import { makeNode, type TestNode } from './nodes.ts';

/** One invented service, described and signed by nodes whose keys the fixture holds. */

export interface TestService {
  readonly id: string;
  readonly digest: string;
  readonly parties: readonly [TestNode, TestNode];
  readonly signed: JsonObject;
  readonly log: readonly LogEntry[];
}

const second = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

export async function makeService(id: string, now: number, origins: readonly [string, string]): Promise<TestService> {
  const [p0, p1, dealer, owner] = await Promise.all([makeNode('University of Northmoor'), makeNode('Lakeside Computing Centre'), makeNode('Statistics Office Fairhaven'), makeNode('Alpine consortium')]);
  const descriptor: JsonObject = {
    ...real.descriptor,
    service: id,
    parties: [{ ...p0.public, origin: origins[0] }, { ...p1.public, origin: origins[1] }],
    dealer: dealer.public,
    owner: owner.public,
    created: second(now - 86_400_000),
    expires: second(now + 90 * 86_400_000),
  };
  const digest = await sha256Hex(descriptor);
  const message = joined(purpose('primia descriptor v1'), fromHex(digest));
  const by = async (role: string, node: TestNode) => ({ role, name: node.name, signer: (await readNode(node.public)).fingerprint, signature: await node.sign(message), identity: null });
  const draft: LogEntry = { seq: 1, kind: 'published', service: id, digest, previous: BEGINNING, detail: {}, at: second(now - 86_300_000), entry: '' };
  const log = [{ ...draft, entry: await hashOf(draft) }];
  return { id, digest, parties: [p0, p1], signed: { descriptor, signatures: [await by('p0', p0), await by('p1', p1), await by('owner', owner)] }, log };
}
