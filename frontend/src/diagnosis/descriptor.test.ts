import { describe, expect, it } from 'vitest';
import signed from '@/test/desk/signed.json';
import { checkSigned } from './descriptor';

/** `signed.json` was made and signed by the Python package, by two parties, the owner and two sites. */

type Signed = typeof signed;
const changed = (change: (copy: Signed) => void): Signed => {
  const copy = structuredClone(signed);
  change(copy);
  return copy;
};

describe('a signed descriptor', () => {
  it('is accepted, with everybody who vouches for it', async () => {
    const { descriptor, signatures } = await checkSigned(signed);
    expect(signatures.map(({ role }) => role).sort()).toEqual(['owner', 'p0', 'p1', 'site', 'site']);
    expect(descriptor.input.scale).toBe(Number(signed.descriptor.input.scale));
    expect(descriptor.parties.map(({ fingerprint }) => fingerprint)).toEqual(['p0', 'p1'].map((role) => signed.signatures.find((one) => one.role === role)?.signer));
  });

  it.each<[string, (copy: Signed) => void, string]>([
    ['a class', ({ descriptor }) => void (descriptor.classes[0] = 'healthy'), 'descriptor.forged'],
    ['the scale', ({ descriptor }) => void (descriptor.input.scale = '1.5'), 'descriptor.forged'],
    ['an origin', ({ descriptor }) => void Object.assign(descriptor.parties[0] ?? {}, { origin: 'https://elsewhere.example' }), 'descriptor.forged'],
    ['a sealing key', ({ descriptor }) => void Object.assign(descriptor.parties[1] ?? {}, { sealing_key: descriptor.dealer.sealing_key }), 'node.identity'],
    ['a party for another', ({ descriptor }) => void Object.assign(descriptor.parties[0] ?? {}, descriptor.owner), 'descriptor.forged'],
    ['one party twice', ({ descriptor }) => void Object.assign(descriptor.parties[0] ?? {}, descriptor.parties[1]), 'descriptor.invalid'],
    ['a signer', ({ signatures }) => void Object.assign(signatures[0] ?? {}, { signer: 'f'.repeat(64) }), 'descriptor.forged'],
    ['a real number written as a number', ({ descriptor }) => void Object.assign(descriptor.input, { mean: 0.5 }), 'descriptor.invalid'],
    ['a field that nobody knows', ({ descriptor }) => void Object.assign(descriptor, { note: '' }), 'descriptor.invalid'],
    ["a party's signature away", (copy) => void (copy.signatures = copy.signatures.filter(({ role }) => role !== 'p1')), 'descriptor.unsigned'],
    ['every signature away', (copy) => void (copy.signatures = []), 'descriptor.unsigned'],
  ])('is refused after somebody changed %s', async (_, change, code) => {
    await expect(checkSigned(changed(change))).rejects.toMatchObject({ code });
  });

  it.each([[null], [[]], [{ descriptor: {}, signatures: [] }], ['text']])('is not %j', async (value) => {
    await expect(checkSigned(value)).rejects.toMatchObject({ code: 'descriptor.invalid' });
  });
});
