/** The four machines behind a diagnosis service: what each does, and what it never learns. */

export type NodeRole = 'p0' | 'p1' | 'dealer' | 'owner';

export interface RoleWords {
  name: string;
  short: string;
  does: string;
  sees: string;
  never: string;
}

export const NODE_ROLES: readonly NodeRole[] = ['p0', 'p1', 'dealer', 'owner'];

const PARTY_SEES = 'masked values, the network’s shape, when it computes';

const WORDS: Record<NodeRole, RoleWords> = {
  p0: { name: 'Compute party P0', short: 'P0', does: 'Computes on one half of each image and of the weights, together with P1.', sees: PARTY_SEES, never: 'image, weights, answer' },
  p1: { name: 'Compute party P1', short: 'P1', does: 'Computes on the other half of both, together with P0.', sees: PARTY_SEES, never: 'image, weights, answer' },
  dealer: {
    name: 'Dealer',
    short: 'dealer',
    does: 'Prepares one-time random numbers ahead, and takes no part in a diagnosis.',
    sees: 'the network’s shape, how many sets are ordered and when',
    never: 'image, weights, answer, any message between P0 and P1',
  },
  owner: {
    name: 'Model owner',
    short: 'owner',
    does: 'Splits the masked weights and sends one half to each party, once.',
    sees: 'the weights, which are its own',
    never: 'image, answer, that a diagnosis takes place',
  },
};

export function roleWords(role: string): RoleWords {
  return (WORDS as Record<string, RoleWords>)[role] ?? { name: role, short: role, does: '', sees: '', never: '' };
}
