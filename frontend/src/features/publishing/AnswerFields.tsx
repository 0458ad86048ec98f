import { POLICIES, type Policy } from '@/lib/protocols';
import { Card } from '@/ui/Card';
import { ChoiceTable } from '@/ui/ChoiceTable';
import type { PublishFormState } from './form';

const CHOICES = (Object.keys(POLICIES) as Policy[]).map((value) => ({ value, ...POLICIES[value] }));

export function AnswerFields({ form }: { form: PublishFormState }) {
  return (
    <Card title="The answer">
      <ChoiceTable legend="What the requester gets" choices={CHOICES} value={form.values.policy} onChange={(value) => form.setFieldValue('policy', value as Policy)} />
    </Card>
  );
}
