import { createColumnHelper } from '@tanstack/react-table';
import type { AuditEntry } from '@/api/types';
import { clock, count, dateTime } from '@/lib/format';
import { DataTable } from '@/ui/DataTable';
import { Hash } from '@/ui/Hash';
import { Subject } from './Subject';

const column = createColumnHelper<AuditEntry>();

const columns = [
  column.display({ id: 'number', header: '#', meta: { number: true }, cell: ({ row }) => count(row.original.number) }),
  column.display({
    id: 'time',
    header: 'Time',
    cell: ({ row: { original } }) => <time dateTime={original.time}>{`${dateTime(original.time)}:${clock(original.time).slice(-2)}`}</time>,
  }),
  column.display({ id: 'actor', header: 'Who', cell: ({ row }) => row.original.actor }),
  column.display({ id: 'action', header: 'Did', cell: ({ row }) => <span className="mono">{row.original.action}</span> }),
  column.display({
    id: 'subject',
    header: 'To what',
    meta: { wide: true },
    cell: ({ row }) => <Subject entry={row.original} />,
  }),
  column.display({ id: 'hash', header: 'Hash', cell: ({ row }) => <Hash value={row.original.hash} /> }),
];

export function AuditTable({ entries }: { entries: AuditEntry[] }) {
  return <DataTable caption="Audit entries, newest first" rows={entries} columns={columns} rowKey={({ number }) => String(number)} />;
}
