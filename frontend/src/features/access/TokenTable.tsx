import { createColumnHelper } from '@tanstack/react-table';
import type { Token } from '@/api/types';
import { ago, date, plural } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { RevokeToken } from './RevokeToken';

const column = createColumnHelper<Token>();

const columns = [
  column.display({ id: 'name', header: 'Name', cell: ({ row }) => <b>{row.original.name}</b> }),
  column.display({
    id: 'scopes',
    header: 'May',
    meta: { wide: true },
    cell: ({ row }) => row.original.scopes.join(', '),
  }),
  column.display({
    id: 'quota',
    header: 'A day',
    meta: { number: true },
    cell: ({ row: { original } }) => (original.diagnoses_per_day === null ? <span className="dim">no limit of its own</span> : plural(original.diagnoses_per_day, 'diagnosis', 'diagnoses')),
  }),
  column.display({ id: 'created', header: 'Made', cell: ({ row }) => date(row.original.created_at) }),
  column.display({
    id: 'expires',
    header: 'Until',
    cell: ({ row: { original } }) => (
      <Clock>
        {(now) => {
          if (original.expires_at === null) return <span className="dim">no end</span>;
          return Date.parse(original.expires_at) <= now ? <Chip tone="warn">! expired</Chip> : date(original.expires_at);
        }}
      </Clock>
    ),
  }),
  column.display({ id: 'used', header: 'Last used', cell: ({ row }) => <Clock>{(now) => ago(row.original.last_used_at, now)}</Clock> }),
  column.display({ id: 'revoke', header: '', cell: ({ row }) => <RevokeToken token={row.original} /> }),
];

export function TokenTable({ tokens }: { tokens: Token[] }) {
  return <DataTable caption="Your tokens" rows={tokens} columns={columns} rowKey={({ id }) => id} />;
}
