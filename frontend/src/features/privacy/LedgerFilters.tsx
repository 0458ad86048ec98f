import { NativeSelect } from '@mantine/core';
import type { FederationRef, LedgerEntry } from '@/api/types';
import { FilterBar } from '@/ui/FilterBar';
import type { LedgerFilter } from './accounts';

interface Props {
  filter: LedgerFilter;
  federations: readonly FederationRef[];
  entries: readonly LedgerEntry[];
  onChange: (change: LedgerFilter) => void;
}

/** The choices are what the ledger holds; one that the address names stays, even if nothing fits it. */
export function LedgerFilters({ filter, federations, entries, onChange }: Props) {
  const sites = new Map(entries.map(({ site }) => [site.slug, site.name]));
  const studies = new Set(entries.map(({ study }) => study));
  if (filter.site !== undefined && !sites.has(filter.site)) sites.set(filter.site, filter.site);
  if (filter.study !== undefined) studies.add(filter.study);
  return (
    <FilterBar label="Filter the ledger">
      <NativeSelect
        aria-label="Federation"
        value={filter.federation ?? ''}
        data={[{ value: '', label: 'All federations' }, ...federations.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={({ currentTarget }) => onChange({ federation: currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="Site"
        value={filter.site ?? ''}
        data={[{ value: '', label: 'All sites' }, ...[...sites].sort(([, a], [, b]) => a.localeCompare(b)).map(([value, label]) => ({ value, label }))]}
        onChange={({ currentTarget }) => onChange({ site: currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="Study"
        value={filter.study ?? ''}
        data={[{ value: '', label: 'All studies' }, ...[...studies].sort()]}
        onChange={({ currentTarget }) => onChange({ study: currentTarget.value || undefined })}
      />
    </FilterBar>
  );
}
