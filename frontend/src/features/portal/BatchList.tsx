import { useQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type Batch, batchesQuery } from '@/api/diagnoses';
import { count, dateTime } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Empty';
import { LinkButton } from '@/ui/LinkButton';

const column = createColumnHelper<Batch>();

/** The batches that this person has sent, from whichever device. */
export function BatchList({ onOpen }: { onOpen: (id: string) => void }) {
  const batches = useQuery(batchesQuery);
  const columns = useMemo(
    () => [
      column.display({ id: 'name', header: 'Batch', meta: { wide: true }, cell: ({ row: { original } }) => <LinkButton onClick={() => onOpen(original.id)}>{original.name}</LinkButton> }),
      column.display({ id: 'service', header: 'Service', cell: ({ row: { original } }) => original.service_title }),
      column.display({ id: 'count', header: 'Pictures', meta: { number: true }, cell: ({ row: { original } }) => count(original.count) }),
      column.display({ id: 'done', header: 'Collected', meta: { number: true }, cell: ({ row: { original } }) => count(original.states.collected) }),
      column.display({ id: 'at', header: 'Sent', cell: ({ row: { original } }) => dateTime(original.created_at) }),
    ],
    [onOpen],
  );
  return (
    <Card title="Batches so far">
      <Async what="batches" query={batches} empty={(rows) => rows.length === 0 && <Empty title="No batch yet">A folder that you send stands here with its results.</Empty>}>
        {(rows) => <DataTable caption="Batches" rows={rows} columns={columns} rowKey={({ id }) => id} />}
      </Async>
    </Card>
  );
}
