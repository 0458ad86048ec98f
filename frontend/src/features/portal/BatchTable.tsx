import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import { percent } from '@/lib/format';
import { Chip, type Tone } from '@/ui/Chip';
import { DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Empty';
import type { Line } from './export';
import { ResultChip } from './ResultChip';

const STATES: Record<string, { words: string; tone: Tone }> = {
  waiting: { words: '○ waits here', tone: 'plain' },
  sending: { words: '▶ being sealed', tone: 'accent' },
  sent: { words: '◌ sent', tone: 'plain' },
  sealed: { words: '◌ sent', tone: 'plain' },
  queued: { words: '◌ queued', tone: 'plain' },
  computing: { words: '▶ computing', tone: 'accent' },
  answered: { words: '◔ answered', tone: 'accent' },
  refused: { words: '✕ refused here', tone: 'bad' },
  unsent: { words: '– not sent', tone: 'warn' },
  failed: { words: '✕ failed', tone: 'bad' },
  expired: { words: '✕ expired', tone: 'bad' },
};

const column = createColumnHelper<Line>();

const columns = [
  column.display({
    id: 'source',
    header: 'Picture',
    cell: ({ row: { original: { source, record } } }) => (record === null ? source : <Link to="/diagnose/result/$diagnosis" params={{ diagnosis: record.id }}>{source}</Link>),
  }),
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row: { original: { state, record } } }) => {
      const look = STATES[state];
      return record?.result == null && look !== undefined ? <Chip tone={look.tone}>{look.words}</Chip> : record !== null && <ResultChip record={record} />;
    },
  }),
  column.display({ id: 'label', header: 'Model says', cell: ({ row: { original } }) => original.record?.result?.label ?? '–' }),
  column.display({
    id: 'probability',
    header: 'Probability',
    meta: { number: true },
    cell: ({ row: { original } }) => percent(original.record?.result?.probabilities?.reduce((most, { value }) => Math.max(most, value), 0)),
  }),
  column.display({ id: 'reason', header: '', meta: { wide: true }, cell: ({ row: { original } }) => <span className="dim">{original.reason}</span> }),
];

export function BatchTable({ lines }: { lines: Line[] }) {
  if (lines.length === 0) return <Empty title="Nothing of this batch is on this device">Only the browser that sent it holds the keys of its answers.</Empty>;
  return <DataTable caption="Pictures of this batch" rows={lines} columns={columns} rowKey={({ source, record }) => record?.id ?? source} />;
}
