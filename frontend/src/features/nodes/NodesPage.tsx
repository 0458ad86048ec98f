import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { federationsQuery } from '@/api/federations';
import { nodesQuery } from '@/api/nodes';
import { useChosen } from '@/lib/chosen';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { Invite } from './Invite';
import { RoleBoard } from './RoleBoard';
import { SameOperator } from './SameOperator';

interface Props {
  federation: string | undefined;
  onFederation: (id: string) => void;
}

export function NodesPage({ federation, onFederation }: Props) {
  const federations = useQuery(federationsQuery);
  const chosen = useChosen(federations.data ?? [], federation);
  const nodes = useQuery({ ...nodesQuery(chosen?.id), enabled: chosen !== undefined });
  const coordinates = chosen?.roles.includes('coordinator') ?? false;
  return (
    <Page title="Nodes" sub="A diagnosis service needs four machines with keys of their own. Privacy rests on one thing: that no one person runs two of them.">
      <Async
        what="federations"
        query={federations}
        empty={(rows) => rows.length === 0 && <Empty title="You belong to no federation yet">Nodes belong to a federation; a coordinator adds members.</Empty>}
      >
        {(rows) => (
          <>
            {rows.length > 1 && (
              <FilterBar label="Federation">
                <NativeSelect
                  label="Federation"
                  value={chosen?.id ?? ''}
                  data={rows.map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={({ currentTarget }) => onFederation(currentTarget.value)}
                />
              </FilterBar>
            )}
            <Async what="nodes" query={nodes} lines={8}>
              {(found) => (
                <>
                  <SameOperator nodes={found} />
                  <RoleBoard nodes={found} mayConfirm={coordinates} />
                </>
              )}
            </Async>
            {coordinates && chosen !== undefined && <Invite key={chosen.id} federation={chosen.id} />}
          </>
        )}
      </Async>
    </Page>
  );
}
