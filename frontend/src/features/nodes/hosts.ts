import type { Node } from '@/api/types';

/** Which roles stand on one host: whoever runs that host can put together what the roles keep apart. */

/** "https://p0.example:8443" and "p0.example:9000" -> "p0.example" */
export function hostOf({ origin, address }: Pick<Node, 'origin' | 'address'>): string | null {
  const place = origin === '' ? address : origin;
  if (place === '') return null;
  try {
    return new URL(/^\w+:\/\//.test(place) ? place : `tcp://${place}`).hostname;
  } catch {
    return null;
  }
}

export interface SharedHost {
  host: string;
  nodes: Node[];
}

/** Hosts with two roles of which a service must not have both at one place: the parties and the dealer. */
export function sharedHosts(nodes: Node[]): SharedHost[] {
  const byHost = new Map<string, Node[]>();
  for (const node of nodes) {
    const host = hostOf(node);
    if (host === null || node.role === 'owner') continue;
    byHost.set(host, [...(byHost.get(host) ?? []), node]);
  }
  return [...byHost].filter(([, there]) => new Set(there.map(({ role }) => role)).size > 1).map(([host, there]) => ({ host, nodes: there }));
}
