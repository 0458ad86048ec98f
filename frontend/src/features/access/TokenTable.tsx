import { createColumnHelper } from '@tanstack/react-table';
import type { Token } from '@/api/types';
import { ago, date } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { RevokeToken } from './RevokeToken';
import styles from './TokensCard.module.css';

const column = createColumnHelper<Token>();

const columns = [
  column.display({ id: 'name', header: 'Name', meta: { wide: true }, cell: ({ row }) => <b>{row.original.name}</b> }),
  column.display({
    id: 'scopes',
    header: 'May',
    cell: ({ row }) => (
      <span className={styles.scopes}>
        {row.original.scopes.map((scope) => (
          <Chip key={scope}>{scope}</Chip>
        ))}
      </span>
    ),
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
