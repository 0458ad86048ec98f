import { createColumnHelper } from '@tanstack/react-table';
import type { WebhookDelivery } from '@/api/types';
import { ago, count, plural } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';

const column = createColumnHelper<WebhookDelivery>();

const columns = [
  column.display({ id: 'created', header: 'When', cell: ({ row }) => <Clock>{(now) => ago(row.original.created_at, now)}</Clock> }),
  column.display({ id: 'kind', header: 'What', meta: { wide: true }, cell: ({ row }) => <span className="mono">{row.original.kind}</span> }),
  column.display({
    id: 'state',
    header: 'Came to',
    cell: ({ row: { original } }) => {
      if (original.delivered_at !== null) return <Chip tone="ok">✓ delivered</Chip>;
      return original.failed_at === null ? <Chip tone="warn">◔ trying</Chip> : <Chip tone="bad">✕ given up</Chip>;
    },
  }),
  column.display({ id: 'status', header: 'Answer', meta: { number: true }, cell: ({ row: { original } }) => original.last_status ?? <span className="dim">{original.attempts === 0 ? '–' : 'none'}</span> }),
  column.display({ id: 'attempts', header: 'Attempts', meta: { number: true }, cell: ({ row }) => count(row.original.attempts) }),
];

export function DeliveryTable({ deliveries }: { deliveries: WebhookDelivery[] }) {
  return <DataTable caption={`${plural(deliveries.length, 'message')}, newest first`} rows={deliveries} columns={columns} rowKey={({ id }) => id} />;
}
