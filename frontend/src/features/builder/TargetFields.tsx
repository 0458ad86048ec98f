import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { type NoiseQuestion, useNoise } from '@/api/privacy';
import type { NoiseFound } from '@/api/types';
import { count, epsilon } from '@/lib/format';
import type { BuilderFormState } from './form';
import styles from './TargetFields.module.css';

interface Props {
  form: BuilderFormState;
}

interface Found {
  asked: NoiseQuestion;
  answer: NoiseFound;
}

const FIRST = 3;
const PARTS = ['epsilon', 'sample_rate', 'steps', 'delta'] as const;

/** From the epsilon that is wanted to the noise that it takes, as the platform's accountant counts. */
export function TargetFields({ form }: Props) {
  const { noise, rounds, steps, sampleRate, delta } = form.values;
  const [target, setTarget] = useState<number | string>(FIRST);
  const [found, setFound] = useState<Found | null>(null);
  const find = useNoise();
  const wanted = Number(target);
  const asked: NoiseQuestion = { epsilon: wanted, sample_rate: sampleRate, steps: rounds * steps, delta };
  const same = found !== null && found.answer.noise_multiplier === noise && PARTS.every((part) => found.asked[part] === asked[part]);
  const ask = () => {
    find.mutate(asked, {
      onSuccess: (answer) => {
        setFound({ asked, answer });
        form.setFieldValue('noise', answer.noise_multiplier);
      },
    });
  };
  return (
    <section aria-label="Noise for a wanted ε">
      <div className={styles.target}>
        <NumberInput label="Wanted ε" description="Of this job by itself, at this delta" min={0} max={1000} step={0.5} decimalScale={4} value={target} onChange={setTarget} error={find.error?.message} />
        <Button variant="default" size="sm" loading={find.isPending} disabled={!(wanted > 0)} onClick={ask}>
          Find the noise
        </Button>
      </div>
      <p role="status" className={`dim ${styles.told ?? ''}`}>
        {same
          ? `Noise ${noise} yields ε ${epsilon(found.answer.epsilon_pld)} by PLD, the figure of record, and ${epsilon(found.answer.epsilon_rdp)} by RDP, in ${count(asked.steps)} noisy steps.`
          : found !== null && 'Something has changed since the noise was found; find it again.'}
      </p>
      <p className={`dim ${styles.told ?? ''}`}>
        By command line: <code>{`primia privacy --epsilon ${wanted > 0 ? wanted : FIRST} --rate ${sampleRate} --steps ${asked.steps} --delta ${delta}`}</code>
      </p>
    </section>
  );
}
