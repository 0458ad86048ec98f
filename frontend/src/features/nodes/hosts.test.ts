import { expect, it } from 'vitest';
import { nodes } from '@/test/desk/nodes';
import { hostOf, sharedHosts } from './hosts';

const [p0, p1, dealer, owner] = nodes(0, new Set());

it('reads the host of an origin, of an address, and of neither', () => {
  expect(hostOf({ origin: 'https://p0.example:8443', address: '10.0.0.1:9000' })).toBe('p0.example');
  expect(hostOf({ origin: '', address: 'dealer.example:9000' })).toBe('dealer.example');
  expect(hostOf({ origin: '', address: '[::1]:9000' })).toBe('[::1]');
  expect(hostOf({ origin: '', address: '' })).toBeNull();
  expect(hostOf({ origin: '', address: 'not a host' })).toBeNull();
});

it('names a host that has two of the roles that must stay apart, and lets the owner be anywhere', () => {
  if (p0 === undefined || p1 === undefined || dealer === undefined || owner === undefined) throw new Error('four nodes are expected');
  expect(sharedHosts([p0, p1, dealer, owner])).toEqual([]);
  const beside = { ...dealer, address: `${hostOf(p0)}:7000`, origin: '' };
  expect(sharedHosts([p0, p1, beside, owner])).toEqual([{ host: hostOf(p0), nodes: [p0, beside] }]);
  expect(sharedHosts([p0, { ...owner, address: `${hostOf(p0)}:7000` }])).toEqual([]);
  expect(sharedHosts([p0, { ...p0, id: 'a second one' }])).toEqual([]);
});
