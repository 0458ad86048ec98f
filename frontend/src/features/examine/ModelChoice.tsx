import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { federationQuery } from '@/api/federations';
import { modelQuery, modelsQuery } from '@/api/registry';
import { sessionQuery } from '@/api/session';
import type { Federation, ModelDetail } from '@/api/types';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';

interface Props {
  model: string | undefined;
  onModel: (id: string) => void;
  children: (model: ModelDetail, federation: Federation) => ReactNode;
}

/** Which model is examined: one of a federation that the person coordinates. The form begins when its card and its sites are there. */
export function ModelChoice({ model, onModel, children }: Props) {
  const models = useQuery(modelsQuery);
  const session = useQuery(sessionQuery);
  const coordinated = new Set(session.data?.memberships.filter(({ role }) => role === 'coordinator').map(({ federation }) => federation));
  const offered = models.data?.filter(({ federation }) => coordinated.has(federation.id)) ?? [];
  const chosen = offered.find(({ id }) => id === model) ?? (model === undefined ? offered[0] : undefined);
  const detail = useQuery({ ...modelQuery(chosen?.id ?? ''), enabled: chosen !== undefined });
  const federation = useQuery({ ...federationQuery(chosen?.federation.id ?? ''), enabled: chosen !== undefined });
  return (
    <Async what="models" query={models} lines={8}>
      {() =>
        chosen === undefined ? (
          <Empty title={model === undefined ? 'You coordinate no federation that has a model' : 'This model cannot be examined by you'} action={<Link to="/models">To the models</Link>}>
            A coordinator asks the sites of a federation to examine one of its models. Each site then signs the plan or refuses it.
          </Empty>
        ) : (
          <>
            {offered.length > 1 && (
              <FilterBar label="Model">
                <NativeSelect
                  label="Model"
                  value={chosen.id}
                  data={offered.map(({ id, name, number, federation: { name: of } }) => ({ value: id, label: `${name}, version ${number} (${of})` }))}
                  onChange={({ currentTarget }) => onModel(currentTarget.value)}
                />
              </FilterBar>
            )}
            <Async what="this model" query={detail} lines={8}>
              {(found) => (
                <Async what="its federation" query={federation}>
                  {(sites) => children(found, sites)}
                </Async>
              )}
            </Async>
          </>
        )
      }
    </Async>
  );
}
