import { useQuery } from '@tanstack/react-query';
import { modelQuery } from '@/api/registry';
import { modelState } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { ModelDetails } from './ModelDetails';

export function ModelPage({ id }: { id: string }) {
  const model = useQuery(modelQuery(id));
  const { data } = model;
  return (
    <Page
      title={data === undefined ? 'Model' : `${data.name}, version ${data.number}`}
      chips={data && <StateChip look={modelState(data.state)} />}
      sub={data?.federation.name}
    >
      <Async what="this model" query={model} lines={8}>
        {(detail) => <ModelDetails model={detail} />}
      </Async>
    </Page>
  );
}
