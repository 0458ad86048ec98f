import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Site } from '@/api/types';
import { DataTable } from '@/ui/DataTable';
import { Heartbeat } from '@/ui/Heartbeat';
import { SiteName } from '@/ui/SiteName';
import { SiteFingerprint } from './SiteFingerprint';

const column = createColumnHelper<Site>();

interface Props {
  federation: string;
  sites: Site[];
}

export function SiteTable({ federation, sites }: Props) {
  const columns = useMemo(
    () => [
      column.display({
        id: 'site',
        header: 'Site',
        cell: ({ row: { original } }) => <SiteName name={original.name} colour={original.colour} note={original.slug} />,
      }),
      column.display({ id: 'heartbeat', header: 'Heard from', cell: ({ row: { original } }) => <Heartbeat lastSeen={original.last_seen_at} /> }),
      column.display({
        id: 'fingerprint',
        header: 'Fingerprint of its key',
        meta: { wide: true },
        cell: ({ row: { original } }) => <SiteFingerprint federation={federation} site={original} />,
      }),
      column.display({
        id: 'agent',
        header: 'Agent',
        cell: ({ row: { original } }) => <span className="dim">{original.agent_version === '' ? '–' : original.agent_version}</span>,
      }),
    ],
    [federation],
  );
  return <DataTable caption="Sites of this federation" rows={sites} columns={columns} rowKey={({ slug }) => slug} />;
}
