import 'fake-indexeddb/auto';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { server } from '@/test/server';
import { keepReading, waitingOf } from './desk';
import { sendWaiting } from './send';

const GIVEN = { id: '8f2e6c31-4d55-4b1c-9a6f-000000000001', case: '8f2e6c31-4d55-4b1c-9a6f-000000000002', label: 'viral', confidence: null, shown_at: '2026-03-12T09:00:00Z', read_at: '2026-03-12T09:00:09Z', seconds: 9, replaces: null };

it('sends again after a round that the store of this device has broken off', async () => {
  await keepReading({ ...GIVEN, study: 's', user: 'ada', given: 1, refused: null });
  server.use(http.post('*/api/v1/reader-studies/:id/readings', () => HttpResponse.json({ ...GIVEN, revision: 1, position: 1 }, { status: 201 })));
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('The database connection is closing.', 'InvalidStateError');
  });
  await expect(sendWaiting('s', 'ada', () => undefined)).rejects.toThrow('closing');
  expect(await sendWaiting('s', 'ada', () => undefined)).toEqual({ done: true });
  expect(await waitingOf('s', 'ada')).toEqual([]);
});
