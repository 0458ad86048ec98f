import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import type { Federation, ModelDetail } from '@/api/types';
import { whoSeesEvaluation } from '@/lib/visibility';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import { BINS, check, defaults, type EvaluationValues, PLACES, toJob } from './evaluation';
import { ExamineForm } from './ExamineForm';
import { GroupFields } from './GroupFields';
import { ModelFacts } from './ModelFacts';
import { SplitField } from './SplitField';
import { useSending } from './useSending';

interface Props {
  model: ModelDetail;
  federation: Federation;
  onCreated: (job: string) => void;
}

const PREVIEW_DELAY_MS = 400;

export function EvaluationForm({ model, federation, onCreated }: Props) {
  const { sites, min_survivors: least, id } = federation;
  const confirmed = sites.filter(({ confirmed: yes }) => yes).length;
  const problems = (values: EvaluationValues) => check(values, confirmed, least);
  const form = useForm<EvaluationValues>({ initialValues: defaults(`${model.name}, version ${model.number}`, least), validate: problems, validateInputOnBlur: true });
  const { send, pending, refusal } = useSending({ places: PLACES, onErrors: form.setErrors, onCreated });
  const [values] = useDebouncedValue(form.values, PREVIEW_DELAY_MS);
  const job = Object.keys(problems(values)).length === 0 ? toJob(values, model.id, id) : null;
  const { perSite, subgroups, smallestCell, minSurvivors } = form.values;
  return (
    <ExamineForm
      label="New evaluation"
      federation={federation}
      job={job}
      released={whoSeesEvaluation({ perSite, subgroups, smallestCell: Number(smallestCell), minSurvivors: Number(minSurvivors) })}
      pending={pending}
      refusal={refusal}
      onSubmit={form.onSubmit((given) => send(toJob(given, model.id, id)))}
    >
      <Card title="What is evaluated">
        <div className={styles.stack}>
          <TextInput label="Title" description="The sites see it when they are asked" withAsterisk {...form.getInputProps('title')} />
          <ModelFacts model={model} />
        </div>
      </Card>
      <SplitField value={form.values.split} onChange={(split) => form.setFieldValue('split', split)} />
      <GroupFields form={form} />
      <Card title="Precision">
        <div className={styles.row}>
          <NumberInput label="Resamples of patients" description="Drawn at the sites; 0 leaves out intervals that respect patients" min={0} max={1000} step={100} {...form.getInputProps('replicates')} />
          <NativeSelect label="Bins of the probabilities" description="Areas under the curve are exact for so many levels" data={BINS} {...form.getInputProps('scoreBins')} />
          <NumberInput label="A sum needs at least" description={`${confirmed} sites can take part, ${least} or more needed`} min={least} suffix=" sites" {...form.getInputProps('minSurvivors')} />
        </div>
      </Card>
    </ExamineForm>
  );
}
