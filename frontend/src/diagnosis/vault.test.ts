import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it } from 'vitest';
import { answerKeys } from './sealing';
import { change, forget, forgetAll, history, recall, remember, type Remembered, rememberLog, seenLog } from './vault';

const record = async (id: string, to: Partial<Remembered> = {}): Promise<Remembered> => ({
  id, user: 'ada', service: 's', signed: {}, source: `${id}.png`, sentAt: `2026-03-12T14:00:0${id}Z`, batch: null, keys: (await answerKeys()).keys,
  requestDigest: Uint8Array.of(1, 2), receipt: null, answers: null, result: null, openedAt: null, failure: null, picture: null, ...to,
});

afterEach(async () => {
  await forgetAll('ada');
  await forgetAll('bob');
});

describe('the vault', () => {
  it('keeps a key that opens and cannot be read', async () => {
    await remember(await record('1'));
    const kept = (await recall('1'))?.keys?.privateKey;
    expect(kept?.extractable).toBe(false);
    expect(kept?.usages).toEqual(['deriveBits']);
  });

  it('changes what it has, and makes up nothing', async () => {
    await remember(await record('1'));
    expect(await change('1', { failure: { code: 'x', message: 'y' } })).toMatchObject({ source: '1.png', failure: { code: 'x' } });
    expect(await change('9', { keys: null })).toBeUndefined();
    expect(await recall('9')).toBeUndefined();
  });

  it('loses neither of two changes at a time', async () => {
    await remember(await record('1'));
    await Promise.all([change('1', { receipt: 'r' }), change('1', { failure: { code: 'x', message: 'y' } })]);
    expect(await recall('1')).toMatchObject({ receipt: 'r', failure: { code: 'x' } });
  });

  it('does not bring back what is forgotten while it is changed', async () => {
    await remember(await record('1'));
    await Promise.all([change('1', { receipt: null }), forget('1')]);
    expect(await recall('1')).toBeUndefined();
    await remember(await record('2'));
    await Promise.all([forget('2'), change('2', { receipt: null })]);
    expect(await recall('2')).toBeUndefined();
  });

  it('shows each person their own, newest first, and forgets one or all of them', async () => {
    for (const id of ['1', '2', '3']) await remember(await record(id));
    await remember(await record('4', { user: 'bob' }));
    const ids = async (user: string) => (await history(user)).map(({ id }) => id);
    expect(await ids('ada')).toEqual(['3', '2', '1']);
    await forget('2');
    expect(await ids('ada')).toEqual(['3', '1']);
    await forgetAll('ada');
    expect(await ids('ada')).toEqual([]);
    expect(await ids('bob')).toEqual(['4']);
  });

  it('remembers the last entry of a log that it has seen', async () => {
    expect(await seenLog('s')).toBeUndefined();
    await rememberLog({ service: 's', seq: 2, entry: 'ab' });
    expect(await seenLog('s')).toEqual({ service: 's', seq: 2, entry: 'ab' });
    await rememberLog({ service: 's', seq: 1, entry: 'cd' }); // by a tab that had asked before
    expect(await seenLog('s')).toEqual({ service: 's', seq: 2, entry: 'ab' });
    await rememberLog({ service: 's', seq: 3, entry: 'ef' });
    expect(await seenLog('s')).toEqual({ service: 's', seq: 3, entry: 'ef' });
  });
});
