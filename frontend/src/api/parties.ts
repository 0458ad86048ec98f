import type { Descriptor, Party } from '@/diagnosis/descriptor';
import { readNode } from '@/diagnosis/node';
import { list, object } from '@/diagnosis/reading';

/** What a compute party says of itself at its own address, where the platform that delivers this page has no say. */

export type OriginVerdict = 'same' | 'differs' | 'unsigned' | 'unreachable';

const PATIENCE_MS = 8_000;

/** `differs` and `unsigned` mean that the platform and the party contradict each other; nothing must be sent then. */
export async function originVerdict(party: Party, { service, digest }: Descriptor): Promise<OriginVerdict> {
  let said: unknown;
  try {
    const answer = await globalThis.fetch(`${party.origin}/.well-known/primia-node.json`, { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return 'unreachable';
    said = await answer.json();
  } catch {
    return 'unreachable';
  }
  try {
    const page = object(said, 'the key page');
    const node = await readNode(page.node);
    if (node.fingerprint !== party.fingerprint) return 'differs';
    const known = list(page.descriptors, 'descriptors').map((one) => object(one, 'a descriptor'));
    return known.some((one) => one.service === service && one.digest === digest) ? 'same' : 'unsigned';
  } catch {
    return 'differs';
  }
}
