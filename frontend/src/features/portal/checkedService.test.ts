import 'fake-indexeddb/auto';
import { QueryClient } from '@tanstack/react-query';
import { http } from 'msw';
import { expect, it } from 'vitest';
import { rememberLog, seenLog } from '@/diagnosis/vault';
import { PATIENT_SERVICE } from '@/test/portal/portal';
import { server } from '@/test/server';
import { checkedServiceQuery } from './checkedService';

it('does not take a log for rewritten of which another tab has seen more since it was asked for', async () => {
  const later = { service: PATIENT_SERVICE, seq: 99, entry: 'f'.repeat(64) };
  server.use(
    http.get('*/api/v1/descriptor-log', async () => {
      await rememberLog(later);
    }),
  );
  const { log } = await new QueryClient().fetchQuery({ ...checkedServiceQuery(PATIENT_SERVICE), retry: false });
  expect(log.length).toBeGreaterThan(0);
  expect(await seenLog(PATIENT_SERVICE)).toEqual(later);
});
