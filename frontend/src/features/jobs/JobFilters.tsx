import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { federationsQuery } from '@/api/federations';
import type { JobFilter } from '@/api/jobs';
import { compact, oneOf } from '@/lib/search';
import { JOB_STATES, jobState } from '@/lib/states';
import { FilterBar } from '@/ui/FilterBar';
import { SearchInput } from '@/ui/SearchInput';

interface Props {
  filter: JobFilter;
  onFilter: (filter: JobFilter) => void;
}

export function JobFilters({ filter, onFilter }: Props) {
  const federations = useQuery(federationsQuery);
  const change = (part: { [Name in keyof JobFilter]?: JobFilter[Name] | undefined }) => {
    const merged = { ...filter, ...part };
    onFilter(compact({ federation: merged.federation || undefined, state: merged.state, search: merged.search || undefined }));
  };
  return (
    <FilterBar label="Filter jobs">
      <SearchInput
        label="Search in titles"
        placeholder="Search in titles"
        when="typing"
        value={filter.search ?? ''}
        onSearch={(text) => change({ search: text })}
      />
      <NativeSelect
        aria-label="State"
        value={filter.state ?? ''}
        data={[{ value: '', label: 'Any state' }, ...JOB_STATES.map((state) => ({ value: state, label: jobState(state).label }))]}
        onChange={({ currentTarget }) => change({ state: oneOf(JOB_STATES, currentTarget.value) })}
      />
      <NativeSelect
        aria-label="Federation"
        value={filter.federation ?? ''}
        data={[{ value: '', label: 'All federations' }, ...(federations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={({ currentTarget }) => change({ federation: currentTarget.value })}
      />
    </FilterBar>
  );
}
