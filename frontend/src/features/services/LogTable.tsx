import { createColumnHelper } from '@tanstack/react-table';
import type { LogEntry } from '@/api/types';
import { count, dateTime } from '@/lib/format';
import { DataTable } from '@/ui/DataTable';
import { Hash } from '@/ui/Hash';

const column = createColumnHelper<LogEntry>();

function what({ kind, detail }: LogEntry): string {
  const who = typeof detail.name === 'string' ? detail.name : typeof detail.site === 'string' ? detail.site : null;
  if (kind === 'published') return 'published: both parties had signed';
  if (kind === 'countersigned') return who === null ? 'countersigned by a site' : `countersigned by ${who}`;
  return 'closed';
}

const columns = [
  column.display({ id: 'seq', header: '#', meta: { number: true }, cell: ({ row }) => count(row.original.seq) }),
  column.display({ id: 'at', header: 'Time', cell: ({ row }) => <time dateTime={row.original.at}>{dateTime(row.original.at)}</time> }),
  column.display({ id: 'what', header: 'What', meta: { wide: true }, cell: ({ row }) => what(row.original) }),
  column.display({ id: 'digest', header: 'Descriptor', cell: ({ row }) => <Hash value={row.original.digest} /> }),
  column.display({ id: 'previous', header: 'After', cell: ({ row }) => (row.original.seq === 1 ? <span className="dim">the beginning</span> : <Hash value={row.original.previous} />) }),
  column.display({ id: 'entry', header: 'Entry', cell: ({ row }) => <Hash value={row.original.entry} /> }),
];

export function LogTable({ entries }: { entries: LogEntry[] }) {
  return <DataTable caption="Descriptor log, oldest first" rows={entries} columns={columns} rowKey={({ seq }) => String(seq)} />;
}
