import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { ServiceDetail } from '@/api/types';
import { roleWords } from '@/lib/roles';
import { Chip } from '@/ui/Chip';
import { DataTable } from '@/ui/DataTable';
import { Hash } from '@/ui/Hash';
import { type Signer, signersOf } from './signers';

const column = createColumnHelper<Signer>();

interface Props {
  service: ServiceDetail;
  verified: boolean;
}

export function SignatureTable({ service, verified }: Props) {
  const signers = useMemo(() => signersOf(service), [service]);
  const columns = useMemo(
    () => [
      column.display({ id: 'role', header: 'Role', cell: ({ row }) => (row.original.role === 'site' ? 'Site' : roleWords(row.original.role).name) }),
      column.display({ id: 'name', header: 'Who', meta: { wide: true }, cell: ({ row }) => <b>{row.original.name}</b> }),
      column.display({ id: 'fingerprint', header: 'Fingerprint', cell: ({ row }) => <Hash value={row.original.fingerprint} /> }),
      column.display({
        id: 'signed',
        header: 'Signature',
        cell: ({ row: { original } }) => {
          if (!original.signs) return <span className="dim">named in it, signs nothing</span>;
          return !original.signed ? <Chip tone="warn">! not yet</Chip> : <Chip tone={verified ? 'ok' : 'plain'}>{verified ? '✓ verified' : 'signed'}</Chip>;
        },
      }),
    ],
    [verified],
  );
  return <DataTable caption="Who stands in the descriptor and who signed it" rows={signers} columns={columns} rowKey={({ fingerprint, role }) => `${role}-${fingerprint}`} />;
}
