import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { datasetsQuery, federationsQuery, pooledQuery } from '@/api/federations';
import { compact } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { DatasetCard } from './DatasetCard';
import { PooledCard } from './PooledCard';

export interface DataFilter {
  federation?: string;
  show?: 'ready' | 'not-ready';
}

interface Props {
  filter: DataFilter;
  onFilter: (filter: DataFilter) => void;
}

export function DataPage({ filter, onFilter }: Props) {
  const datasets = useQuery(datasetsQuery(filter.federation));
  const federations = useQuery(federationsQuery);
  const pooled = useQuery(pooledQuery(filter.federation));
  return (
    <Page title="Data" sub="What each site reports of its cohort: ready or not, and why. Counts never leave a site; a job learns only their sums.">
      <FilterBar label="Filter data">
        <NativeSelect
          aria-label="Federation"
          value={filter.federation ?? ''}
          data={[{ value: '', label: 'All federations' }, ...(federations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) => onFilter(compact({ ...filter, federation: currentTarget.value || undefined }))}
        />
        <NativeSelect
          aria-label="Readiness"
          value={filter.show ?? ''}
          data={[
            { value: '', label: 'Ready or not' },
            { value: 'ready', label: 'Ready' },
            { value: 'not-ready', label: 'Not ready' },
          ]}
          onChange={({ currentTarget: { value } }) =>
            onFilter(compact({ ...filter, show: value === 'ready' || value === 'not-ready' ? value : undefined }))
          }
        />
      </FilterBar>
      {pooled.data?.map((one) => (
        <PooledCard key={`${one.federation} ${one.task}`} pooled={one} />
      ))}
      <Async
        what="datasets"
        query={datasets}
        empty={(rows) =>
          rows.length === 0 && (
            <Empty title="No site has reported a dataset">
              A site&apos;s agent checks its cohort when it starts and reports the outcome here.
            </Empty>
          )
        }
      >
        {(rows) => {
          const shown = rows.filter(({ ready }) => filter.show === undefined || ready === (filter.show === 'ready'));
          return shown.length === 0 ? (
            <Empty title="No dataset fits this filter" />
          ) : (
            shown.map((dataset) => <DatasetCard key={dataset.id} dataset={dataset} />)
          );
        }}
      </Async>
    </Page>
  );
}
