import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EvidenceFilter } from '@/api/evidence';
import { federationsQuery } from '@/api/federations';
import { modelsQuery } from '@/api/registry';
import { compact } from '@/lib/search';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { AuditsCard } from './AuditsCard';
import { EvaluationsCard } from './EvaluationsCard';

interface Props {
  filter: EvidenceFilter;
  onFilter: (filter: EvidenceFilter) => void;
}

/** Everything that was found out about models: what they are worth, and what they give away. */
export function EvidencePage({ filter, onFilter }: Props) {
  const federations = useQuery(federationsQuery);
  const models = useQuery(modelsQuery);
  const change = (part: { [Name in keyof EvidenceFilter]?: string }) => {
    const merged = { ...filter, ...part };
    onFilter(compact({ federation: merged.federation || undefined, model: merged.model || undefined }));
  };
  return (
    <Page title="Evidence" sub="What models are worth on images that they have not seen, and what an attacker learns from what sites send.">
      <FilterBar label="Filter evidence">
        <NativeSelect
          aria-label="Model"
          value={filter.model ?? ''}
          data={[{ value: '', label: 'All models' }, ...(models.data ?? []).map(({ id, name, number }) => ({ value: id, label: `${name}, version ${number}` }))]}
          onChange={({ currentTarget }) => change({ model: currentTarget.value })}
        />
        <NativeSelect
          aria-label="Federation"
          value={filter.federation ?? ''}
          data={[{ value: '', label: 'All federations' }, ...(federations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) => change({ federation: currentTarget.value })}
        />
      </FilterBar>
      <EvaluationsCard filter={filter} />
      <AuditsCard filter={filter} />
    </Page>
  );
}
