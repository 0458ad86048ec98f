import { useQuery } from '@tanstack/react-query';
import { modelsQuery } from '@/api/registry';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { ModelTable } from './ModelTable';

export function ModelsPage() {
  const models = useQuery(modelsQuery);
  return (
    <Page title="Models" sub="Every job that succeeds leaves a model here, with where it came from and how well it does.">
      <Card label="Models">
        <Async
          what="models"
          query={models}
          empty={(rows) => rows.length === 0 && <Empty title="No models yet">The first job that succeeds registers one.</Empty>}
        >
          {(rows) => <ModelTable models={rows} />}
        </Async>
      </Card>
    </Page>
  );
}
