import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { dayTime } from '@/lib/format';
import { useNow } from '@/lib/now';
import { Loading } from './Loading';
import { Notice } from './Notice';
import { Problem } from './Problem';

interface QueryLike<Data> {
  data: Data | undefined;
  error: Error | null;
  isError: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

interface Props<Data> {
  what: string;
  query: QueryLike<Data>;
  lines?: number;
  empty?: (data: Data) => ReactNode;
  children: (data: Data) => ReactNode;
}

/** One query on a screen in all its states: loading, failed, forbidden, empty, stale, there. */
export function Async<Data>({ what, query, lines, empty, children }: Props<Data>) {
  const now = useNow();
  const { data, error, isError, dataUpdatedAt, refetch } = query;
  if (data === undefined) {
    if (isError) return <Problem what={what} error={error} onRetry={() => void refetch()} />;
    return <Loading label={what} {...(lines !== undefined && { lines })} />;
  }
  const nothing = empty?.(data);
  return (
    <>
      {isError && (
        <Notice tone="warn" role="status" title={`As of ${dayTime(dataUpdatedAt, now)}`} actions={<Button onClick={() => void refetch()}>Try again</Button>}>
          {`The newest ${what} could not be loaded: ${error?.message ?? 'no answer'}`}
        </Notice>
      )}
      {nothing === undefined || nothing === false ? children(data) : nothing}
    </>
  );
}
