import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import type { Federation, ModelDetail } from '@/api/types';
import { whoSeesAudit } from '@/lib/visibility';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import { AttackerFields } from './AttackerFields';
import { type AuditValues, check, defaults, PLACES, toJob } from './audit';
import { ExamineForm } from './ExamineForm';
import { ModelFacts } from './ModelFacts';
import { StrengthFields } from './StrengthFields';
import { useSending } from './useSending';

interface Props {
  model: ModelDetail;
  federation: Federation;
  onCreated: (job: string) => void;
}

const PREVIEW_DELAY_MS = 400;

export function AuditForm({ model, federation, onCreated }: Props) {
  const { sites, min_survivors: least, id } = federation;
  const confirmed = sites.filter(({ confirmed: yes }) => yes).length;
  const problems = (values: AuditValues) => check(values, confirmed, least);
  const form = useForm<AuditValues>({ initialValues: defaults(`${model.name}, version ${model.number}`, least), validate: problems, validateInputOnBlur: true });
  const { send, pending, refusal } = useSending({ places: PLACES, onErrors: form.setErrors, onCreated });
  const [values] = useDebouncedValue(form.values, PREVIEW_DELAY_MS);
  const job = Object.keys(problems(values)).length === 0 ? toJob(values, model.id, id) : null;
  return (
    <ExamineForm
      label="New attack audit"
      federation={federation}
      job={job}
      released={whoSeesAudit(Number(form.values.minSurvivors))}
      pending={pending}
      refusal={refusal}
      onSubmit={form.onSubmit((given) => send(toJob(given, model.id, id)))}
    >
      <Card title="What is audited">
        <div className={styles.stack}>
          <TextInput label="Title" description="The sites see it when they are asked" withAsterisk {...form.getInputProps('title')} />
          <ModelFacts model={model} />
        </div>
      </Card>
      <AttackerFields form={form} />
      <StrengthFields form={form} sites={confirmed} least={least} />
    </ExamineForm>
  );
}
