import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { useChosen } from '@/lib/chosen';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { BuilderForm } from './BuilderForm';

interface Props {
  federation: string | undefined;
  onFederation: (id: string) => void;
  onCreated: (job: string) => void;
}

export function BuilderPage({ federation, onFederation, onCreated }: Props) {
  const federations = useQuery(federationsQuery);
  const own = federations.data?.filter(({ roles }) => roles.includes('coordinator')) ?? [];
  const chosen = useChosen(own, federation);
  return (
    <Page title="New training job" sub="Every field has a default that works. The sites see this plan in full, and each signs it or refuses.">
      <Async what="federations" query={federations}>
        {() =>
          chosen === undefined ? (
            <Empty title="You coordinate no federation" action={<Link to="/jobs">To the jobs</Link>}>
              Only a coordinator can describe a job. The sites then decide whether they take part.
            </Empty>
          ) : (
            <>
              {own.length > 1 && (
                <FilterBar label="Federation">
                  <NativeSelect
                    label="Federation"
                    value={chosen.id}
                    data={own.map(({ id, name }) => ({ value: id, label: name }))}
                    onChange={({ currentTarget }) => onFederation(currentTarget.value)}
                  />
                </FilterBar>
              )}
              <BuilderForm key={chosen.id} federation={chosen} onCreated={onCreated} />
            </>
          )
        }
      </Async>
    </Page>
  );
}
