import type { EvaluationSettings } from '@/api/types';
import { Card } from '@/ui/Card';
import { ChoiceTable } from '@/ui/ChoiceTable';

interface Props {
  value: EvaluationSettings['split'];
  onChange: (value: EvaluationSettings['split']) => void;
}

const CHOICES = [
  { value: 'test', name: 'Test images', about: 'They took no part in training or in choosing the model: the figures are honest. Looking often and choosing by what one sees uses them up.' },
  { value: 'validation', name: 'Validation images', about: 'The model was chosen on them, so the figures flatter. For trying things out, never for a report.' },
];

export function SplitField({ value, onChange }: Props) {
  return (
    <Card title="On which images">
      <ChoiceTable legend="On which images" choices={CHOICES} value={value} onChange={(chosen) => onChange(chosen === 'validation' ? 'validation' : 'test')} />
    </Card>
  );
}
