import { Page } from '@/ui/Page';
import { AuditForm } from './AuditForm';
import { ModelChoice } from './ModelChoice';

interface Props {
  model: string | undefined;
  onModel: (id: string) => void;
  onCreated: (job: string) => void;
}

export function NewAttackAuditPage({ model, onModel, onCreated }: Props) {
  return (
    <Page title="Audit a model by attacking it" sub="Each site attacks what it would send itself, beside controls. Figures leave as masked sums; pictures and reconstructions stay where they are.">
      <ModelChoice model={model} onModel={onModel}>
        {(detail, federation) => <AuditForm key={detail.id} model={detail} federation={federation} onCreated={onCreated} />}
      </ModelChoice>
    </Page>
  );
}
