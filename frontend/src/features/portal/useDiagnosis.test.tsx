import 'fake-indexeddb/auto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { forgetAll, remember } from '@/diagnosis/vault';
import { useDiagnosis } from './useDiagnosis';

const ID = '00000000-0000-4000-8000-00000000beef';

afterEach(async () => {
  vi.useRealTimers();
  await forgetAll('coordinator');
  Reflect.deleteProperty(navigator, 'locks');
});

it('does not go on trying to open an answer after the page is gone', async () => {
  await remember({
    id: ID, user: 'coordinator', service: 's', signed: {}, source: 'a.png', sentAt: '2026-03-12T14:00:00Z', batch: null, keys: null, requestDigest: Uint8Array.of(1), receipt: 'r',
    answers: [], result: null, openedAt: null, failure: null, picture: null,
  });
  let tries = 0;
  let fail: (error: Error) => void = () => undefined;
  const request = () =>
    new Promise((_, reject) => {
      tries += 1;
      fail = reject;
    });
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } });
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { unmount } = renderHook(() => useDiagnosis(ID), { wrapper: ({ children }) => <QueryClientProvider client={cache}>{children}</QueryClientProvider> });
  await waitFor(() => expect(tries).toBe(1));
  unmount();
  vi.useFakeTimers();
  fail(new Error('The line is gone.'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toBe(1);
});
