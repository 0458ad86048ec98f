import { describe, expect, it } from 'vitest';
import log from '@/test/desk/log.json';
import { hashOf, type LogEntry, verifyLog } from './log';

/** The rows were written by `primia_core.diagnosis.log`. */

const changed = (index: number, change: object) => log.map((entry, at) => (at === index ? { ...entry, ...change } : entry));

describe('the descriptor log', () => {
  it('accepts what the platform’s own code wrote', async () => {
    await expect(verifyLog(log)).resolves.toEqual(log);
    await expect(verifyLog([])).resolves.toEqual([]);
  });

  it.each([
    ['a digest', { digest: 'f'.repeat(64) }],
    ['a time', { at: '2026-03-03T18:01:13Z' }],
    ['a detail', { detail: { site: 'basel' } }],
  ])('finds %s that was changed', async (_, change) => {
    await expect(verifyLog(changed(1, change))).rejects.toThrow(/ntry 2 of the descriptor log was changed/);
  });

  it('finds an entry that is missing, one in another place, and one of another service', async () => {
    await expect(verifyLog(log.slice(1))).rejects.toThrow(/fter entry 0/);
    await expect(verifyLog([log[0], log[2]].flatMap((entry) => entry ?? []))).rejects.toThrow(/fter entry 1/);
    await expect(verifyLog([...log].reverse())).rejects.toThrow(/fter entry 0/);
    await expect(verifyLog(changed(1, { service: '00000000-0000-4000-8000-000000000000' }))).rejects.toThrow(/fter entry 1/);
  });

  it('finds a rewritten end by the hash of the entry before', async () => {
    const [first] = await verifyLog(log);
    if (first === undefined) throw new Error('the vector is empty');
    const forged: LogEntry = { ...first, detail: { note: 'rewritten' } };
    const rewritten = { ...forged, entry: await hashOf(forged) };
    await expect(verifyLog([rewritten])).resolves.toHaveLength(1);
    await expect(verifyLog([rewritten, ...log.slice(1)])).rejects.toThrow(/fter entry 1/);
  });
});
