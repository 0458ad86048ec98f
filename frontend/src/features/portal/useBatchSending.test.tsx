import 'fake-indexeddb/auto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { http } from 'msw';
import { afterEach, expect, it, vi } from 'vitest';
import { forgetAll } from '@/diagnosis/vault';
import { PATIENT_SERVICE } from '@/test/portal/portal';
import { server } from '@/test/server';
import { checkedServiceQuery } from './checkedService';
import { useBatchSending } from './useBatchSending';

vi.mock('@/diagnosis/studio', () => import('@/test/portal/studio'));
afterEach(() => forgetAll('ada'));

const FILES = ['a', 'b', 'c'].map((name) => new File([new Uint8Array(64)], `${name}.png`, { type: 'image/png' }));

/** A batch whose first picture is on its way, and held there. */
async function underWay() {
  const cache = new QueryClient();
  const service = await cache.fetchQuery({ ...checkedServiceQuery(PATIENT_SERVICE), retry: false });
  let sent = 0;
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  server.use(
    http.post('*/api/v1/diagnoses', () => {
      sent += 1;
      return held;
    }),
  );
  const { result, unmount } = renderHook(() => useBatchSending('ada'), { wrapper: ({ children }) => <QueryClientProvider client={cache}>{children}</QueryClientProvider> });
  let done: Promise<void> = Promise.resolve();
  act(() => {
    done = result.current.start(service, FILES, { name: 'Ward 3', keepPicture: false }, () => undefined);
  });
  await waitFor(() => expect(sent).toBe(1));
  const finish = () => act(async () => {
    answer();
    await done;
  });
  return { result, unmount, finish, sent: () => sent };
}

it('sends no more once the page is left', async () => {
  const { unmount, finish, sent } = await underWay();
  unmount();
  await finish();
  expect(sent()).toBe(1);
});

it('says of what was not sent that it was not', async () => {
  const { result, finish, sent } = await underWay();
  act(() => result.current.stop());
  await finish();
  expect(sent()).toBe(1);
  expect(result.current.files.map(({ state }) => state)).toEqual(['sent', 'unsent', 'unsent']);
  expect(result.current.busy).toBe(false);
});
