import type { Result } from '@/diagnosis/result';
import type { Tone } from '@/ui/Chip';

/** How sure an answer is, in words that a patient can read. */

export interface CertaintyWords {
  readonly chip: string;
  readonly tone: Tone;
  readonly text: string;
}

export function certaintyWords({ certainty, margin, probabilities, implausible }: Result): CertaintyWords {
  if (implausible) {
    return { chip: '! no answer', tone: 'bad', text: 'A value came out that the service cannot have computed right, so this counts as no answer. The picture may be of another kind than the model was trained on.' };
  }
  const lead = margin === null ? '' : ` It leads by ${(margin * 100).toFixed(1)} percentage points.`;
  const second = probabilities === null ? '' : ([...probabilities].sort((a, b) => b.value - a.value)[1]?.name ?? '');
  switch (certainty) {
    case 'clear':
      return { chip: '✓ clear', tone: 'ok', text: `The model prefers one class clearly.${lead} A model can be clear and wrong.` };
    case 'unsure':
      return { chip: '! unsure', tone: 'warn', text: `The model is unsure: “${second}” is possible too.${lead}` };
    case 'cannot tell':
      return { chip: '! cannot tell', tone: 'warn', text: 'The model cannot tell the classes apart on this picture. Take this as no answer.' };
    case 'not told':
      return { chip: 'label alone', tone: 'plain', text: 'This service gives a class and no probabilities, so it does not say how sure it is.' };
  }
}
