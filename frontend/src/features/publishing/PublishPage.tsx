import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { modelsQuery } from '@/api/registry';
import { sessionQuery } from '@/api/session';
import { useChosen } from '@/lib/chosen';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { ModelToPublish } from './ModelToPublish';

interface Props {
  model: string | undefined;
  onModel: (id: string) => void;
  onPublished: (service: string) => void;
}

export function PublishPage({ model, onModel, onPublished }: Props) {
  const models = useQuery(modelsQuery);
  const session = useQuery(sessionQuery);
  const coordinated = new Set(session.data?.memberships.filter(({ role }) => role === 'coordinator').map(({ federation }) => federation));
  const offered = models.data?.filter(({ state, federation }) => state === 'published' && coordinated.has(federation.id)) ?? [];
  const chosen = useChosen(model === undefined ? offered : offered.filter(({ id }) => id === model), model);
  return (
    <Page title="Publish a diagnosis service" sub="The weights are split between two parties that compute together. Whoever asks, asks with an image that neither of them sees.">
      <Async what="models" query={models} lines={8}>
        {() =>
          chosen === undefined ? (
            <Empty title={model === undefined ? 'You have no published model' : 'This model cannot be offered by you'} action={<Link to="/models">To the models</Link>}>
              A coordinator offers a model version that has been published, of a federation that they coordinate. Publish a version on its page first.
            </Empty>
          ) : (
            <>
              {offered.length > 1 && (
                <FilterBar label="Model">
                  <NativeSelect
                    label="Model"
                    value={chosen.id}
                    data={offered.map(({ id, name, number, federation }) => ({ value: id, label: `${name}, version ${number} (${federation.name})` }))}
                    onChange={({ currentTarget }) => onModel(currentTarget.value)}
                  />
                </FilterBar>
              )}
              <ModelToPublish key={chosen.id} id={chosen.id} federation={chosen.federation.id} onPublished={onPublished} />
            </>
          )
        }
      </Async>
    </Page>
  );
}
