import type { Node, NodeRole } from '../../api/types.ts';
import { FEDERATION } from '../examples.ts';
import { digest } from '../records.ts';
import fingerprints from './fingerprints.json' with { type: 'json' };

/** The invented machines of the fixture federation; the key of the newest has not been confirmed yet. */

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

const MACHINES: { role: NodeRole; slug: string; name: string; host: string; heard: number }[] = [
  { role: 'p0', slug: 'party-north', name: 'Party north', host: 'north.example', heard: 2_000 },
  { role: 'p1', slug: 'party-south', name: 'Party south', host: 'south.example', heard: 4_000 },
  { role: 'dealer', slug: 'dealers-office', name: 'Dealer’s office', host: 'dealer.example', heard: 1_000 },
  { role: 'owner', slug: 'model-office', name: 'Model office', host: '', heard: 6_000 },
  { role: 'p1', slug: 'party-west', name: 'Party west', host: 'west.example', heard: 3_000 },
];

export const UNCONFIRMED = 'party-west';

export function nodes(now: number, confirmed: ReadonlySet<string>): Node[] {
  return MACHINES.map(({ role, slug, name, host, heard }, index) => {
    const known = slug !== UNCONFIRMED || confirmed.has(slug);
    const party = role === 'p0' || role === 'p1';
    return {
      id: nodeId(index),
      federation: FEDERATION,
      role,
      slug,
      name,
      fingerprint: slug === UNCONFIRMED ? digest(61) : fingerprints[role],
      origin: party ? `https://${host}` : '',
      address: host === '' ? '' : `${host}:7443`,
      confirmed: known,
      confirmed_at: known ? iso(now - 12 * DAY) : null,
      online: true,
      last_seen_at: iso(now - heard),
      agent_version: '0.1.0',
      created_at: iso(now - 13 * DAY),
    };
  });
}

export const nodeId = (index: number) => `77777777-0000-4000-8000-00000000000${index}`;
