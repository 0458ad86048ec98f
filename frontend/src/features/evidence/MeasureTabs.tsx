import { LinkButton } from '@/ui/LinkButton';
import { type Measure, MEASURES } from './forests';

interface Props {
  measure: Measure;
  onMeasure: (measure: Measure) => void;
}

export function MeasureTabs({ measure, onMeasure }: Props) {
  return (
    <>
      {MEASURES.map(({ id, label }) => (
        <LinkButton key={id} pressed={id === measure} onClick={() => onMeasure(id)}>
          {label}
        </LinkButton>
      ))}
    </>
  );
}
