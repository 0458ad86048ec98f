import { Page } from '@/ui/Page';
import { EvaluationForm } from './EvaluationForm';
import { ModelChoice } from './ModelChoice';

interface Props {
  model: string | undefined;
  onModel: (id: string) => void;
  onCreated: (job: string) => void;
}

export function NewEvaluationPage({ model, onModel, onCreated }: Props) {
  return (
    <Page title="Evaluate a model at the sites" sub="Each site counts the model’s answers on its own images. What leaves are masked counts; only their sum over all sites is opened.">
      <ModelChoice model={model} onModel={onModel}>
        {(detail, federation) => <EvaluationForm key={detail.id} model={detail} federation={federation} onCreated={onCreated} />}
      </ModelChoice>
    </Page>
  );
}
