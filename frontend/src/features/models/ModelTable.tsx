import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { ModelVersion } from '@/api/types';
import { bytes, count, dayTime, interval, metric, percent, roughCount } from '@/lib/format';
import { networkName } from '@/lib/networks';
import { modelState } from '@/lib/states';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { StateChip } from '@/ui/StateChip';

const column = createColumnHelper<ModelVersion>();

const columns = [
  column.display({
    id: 'name',
    header: 'Model',
    meta: { wide: true },
    cell: ({ row: { original: model } }) => (
      <>
        <Link to="/models/$model" params={{ model: model.id }}>
          {model.name}
        </Link>
        <div className="dim">{model.federation.name}</div>
      </>
    ),
  }),
  column.display({ id: 'number', header: 'Version', meta: { number: true }, cell: ({ row }) => count(row.original.number) }),
  column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateChip look={modelState(row.original.state)} /> }),
  column.display({
    id: 'architecture',
    header: 'Network',
    cell: ({ row: { original: model } }) => (
      <>
        {networkName(model.architecture)}
        <div className="dim">
          {model.parameters === null ? '' : `${roughCount(model.parameters)} parameters, `}
          {bytes(model.size_bytes)}
        </div>
      </>
    ),
  }),
  column.display({
    id: 'test',
    header: 'MCC on test images',
    meta: { number: true },
    cell: ({ row: { original: model } }) =>
      model.test === null ? (
        <span className="dim">not tested</span>
      ) : (
        <>
          {metric(model.test.mcc)} <span className="dim">{interval(model.test.low, model.test.high)}</span>
          <div className="dim">accuracy {percent(model.test.accuracy)}</div>
        </>
      ),
  }),
  column.display({ id: 'created', header: 'Made', cell: ({ row }) => <Clock>{(now) => dayTime(row.original.created_at, now)}</Clock> }),
];

export function ModelTable({ models }: { models: ModelVersion[] }) {
  return <DataTable caption="Models, newest first" rows={models} columns={columns} rowKey={({ id }) => id} />;
}
