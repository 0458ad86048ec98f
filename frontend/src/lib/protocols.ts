/** The two-party protocols, in words: they differ in how a sign is read, so in rounds, bytes and stock. */

export type ProtocolName = 'tables' | 'fss' | 'tables-fast' | 'fss-oneround';

export interface ProtocolWords {
  name: string;
  about: string;
}

export const PROTOCOLS: readonly ProtocolName[] = ['tables', 'fss', 'tables-fast', 'fss-oneround'];

const WORDS: Record<ProtocolName, ProtocolWords> = {
  tables: { name: 'Tables', about: 'Least stock, and P0 needs none. The one to begin with; two rounds a comparison.' },
  fss: { name: 'Function secret sharing', about: 'Fewer rounds, so better on a line with delay; several times the stock, at both parties.' },
  'tables-fast': { name: 'Tables, one round', about: 'As few rounds as function secret sharing, and P0 needs no stock; large tables at P1.' },
  'fss-oneround': { name: 'Function secret sharing, one round', about: 'Fewest rounds, for long lines between the parties; by far the largest stock, at both.' },
};

export function protocolWords(name: string): ProtocolWords {
  return (WORDS as Record<string, ProtocolWords>)[name] ?? { name, about: '' };
}

export type Policy = 'logits' | 'label';

export type Profile = 'fast' | 'precise';

export const POLICIES: Record<Policy, { name: string; about: string }> = {
  logits: { name: 'Probabilities', about: 'The requester gets a logit for each class, so probabilities and an honest uncertainty. Many chosen questions tell more of the weights.' },
  label: { name: 'Label only', about: 'The requester gets the most likely class and nothing else: no probability, no uncertainty. It tells least of the weights.' },
};

export function policyName(policy: string): string {
  return (POLICIES as Record<string, { name: string }>)[policy]?.name ?? policy;
}
