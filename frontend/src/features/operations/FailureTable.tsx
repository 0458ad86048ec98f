import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Operations } from '@/api/types';
import { ago, count, percent } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { reasonWords } from './steps';

type Failure = Operations['failures'][number];

const column = createColumnHelper<Failure>();

interface Props {
  failures: Failure[];
  all: number;
}

export function FailureTable({ failures, all }: Props) {
  const columns = useMemo(
    () => [
      column.display({ id: 'reason', header: 'Reason', meta: { wide: true }, cell: ({ row }) => reasonWords(row.original.code) }),
      column.display({ id: 'code', header: 'Code', cell: ({ row }) => <span className="mono">{row.original.code}</span> }),
      column.display({ id: 'count', header: 'How often', meta: { number: true }, cell: ({ row }) => count(row.original.count) }),
      column.display({ id: 'share', header: 'Of all', meta: { number: true }, cell: ({ row }) => percent(row.original.count / Math.max(1, all)) }),
      column.display({ id: 'last', header: 'Last', meta: { number: true }, cell: ({ row }) => <Clock>{(now) => ago(row.original.last_at, now)}</Clock> }),
    ],
    [all],
  );
  return <DataTable caption="Failures by reason, most frequent first" rows={failures} columns={columns} rowKey={({ code }) => code} />;
}
