import { NativeSelect, NumberInput } from '@mantine/core';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import type { BuilderFormState } from './form';
import { type PromiseValues, promised } from './promise';
import { TargetFields } from './TargetFields';
import type { Values } from './values';

interface Props {
  form: BuilderFormState;
  /** The form as it was at first, for what a promise takes away and gives back. */
  first: Values;
}

const MODES: { value: PromiseValues['promise']; label: string }[] = [
  { value: 'off', label: 'Off' },
  { value: 'local', label: 'Local, in every step' },
  { value: 'distributed', label: 'Distributed, in the sum' },
];

const SET: Record<PromiseValues['promise'], string> = {
  off: 'Without it nobody knows how much the model tells about one patient; an attack audit gives a lower bound only.',
  local: 'Set for you, since anything else breaks the promise: group normalisation, steps instead of epochs, no class weights, no mixup, no local stopping, float32. Each site counts alike, whatever its size.',
  distributed: 'Set for you, since anything else breaks the promise: FedSGD with one step a round in a secure sum, group normalisation, no class weights, no mixup, float32. Sites share the noise, so that less of it is needed.',
};

/** How far the trained model, and every update on the way to it, may depend on one patient. */
export function PromiseFields({ form, first }: Props) {
  const { promise, unit } = form.values;
  const { error } = form.getInputProps('promise') as { error?: string };
  return (
    <Card title="Differential privacy">
      <div className={styles.stack}>
        <div className={styles.row}>
          <NativeSelect
            label="Noise"
            description="Made before anything leaves"
            value={promise}
            data={MODES}
            error={error}
            onChange={({ currentTarget }) => {
              const mode = MODES.find(({ value }) => value === currentTarget.value)?.value ?? 'off';
              form.setValues(promised(mode, form.getValues(), first));
              form.clearErrors();
            }}
          />
          {promise !== 'off' && (
            <>
              <NativeSelect
                label="Hides"
                description="Whose presence nobody can tell"
                data={[
                  { value: 'patient', label: 'a patient with all images' },
                  { value: 'image', label: 'a single image' },
                ]}
                {...form.getInputProps('unit')}
              />
              <NumberInput label="Noise multiplier" description="Standard deviation / clip; more is safer" min={0} max={1000} step={0.1} decimalScale={4} {...form.getInputProps('noise')} />
              <NumberInput label="Sampling rate" description={`Chance of each ${unit} to be in a step`} min={0} max={1} step={0.01} decimalScale={6} {...form.getInputProps('sampleRate')} />
              <NumberInput label="Delta" description="Chance that the promise fails" min={0} max={0.01} step={0.00001} decimalScale={12} {...form.getInputProps('delta')} />
              <NumberInput label="Clip" description={`Largest norm of one ${unit}’s gradient`} min={0} max={10_000} step={0.1} decimalScale={4} {...form.getInputProps('clip')} />
            </>
          )}
        </div>
        {promise !== 'off' && <TargetFields form={form} />}
        <p className="dim">{SET[promise]}</p>
        {promise !== 'off' && (
          <details className={styles.more}>
            <summary>More about private learning</summary>
            <div className={styles.row}>
              <NumberInput label="Mean grey value" description="Public or by convention; pooled ones leave exactly" min={0} max={1} step={0.01} decimalScale={4} {...form.getInputProps('pixelMean')} />
              <NumberInput label="Spread of grey values" description="Standard deviation, likewise" min={0} max={1} step={0.01} decimalScale={4} {...form.getInputProps('pixelSpread')} />
              <NumberInput label="Images held at once" description="Of memory only; changes no result" min={1} max={1024} {...form.getInputProps('physicalBatch')} />
            </div>
          </details>
        )}
      </div>
    </Card>
  );
}
