import type { StateLook } from '@/lib/states';
import { Chip } from './Chip';

export function StateChip({ look }: { look: StateLook }) {
  return (
    <Chip tone={look.tone}>
      <span aria-hidden="true">{look.sign}</span>
      <span>{look.label}</span>
    </Chip>
  );
}
