import type { ServiceDetail } from '@/api/types';
import { NODE_ROLES } from '@/lib/roles';

/** Everybody who stands in a descriptor, or has signed it, in one list. */

export interface Signer {
  role: string;
  name: string;
  fingerprint: string;
  /** Whether a signature of theirs is expected; the dealer only stands in it. */
  signs: boolean;
  signed: boolean;
}

export function signersOf({ nodes, signatures }: ServiceDetail): Signer[] {
  const named = NODE_ROLES.map((role): Signer => {
    const node = nodes[role];
    const signed = signatures.find((one) => one.role === role);
    return { role, name: node.name, fingerprint: node.fingerprint, signs: role === 'p0' || role === 'p1' || signed !== undefined, signed: signed !== undefined };
  });
  const sites = signatures.filter(({ role }) => role === 'site').map(({ role, name, signer }): Signer => ({ role, name, fingerprint: signer, signs: true, signed: true }));
  return [...named, ...sites];
}
