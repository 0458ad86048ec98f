import { NativeSelect, NumberInput, Switch } from '@mantine/core';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import type { BuilderFormState } from './form';

export function LearningFields({ form }: { form: BuilderFormState }) {
  const held = form.values.promise !== 'off';
  return (
    <Card title="Learning at each site">
      <div className={styles.stack}>
        <div className={styles.row}>
          <NumberInput label="Learning rate, first" description="Falls evenly in the logarithm to the last" min={0} max={10} step={0.0005} decimalScale={6} {...form.getInputProps('learningRate')} />
          <NumberInput label="Learning rate, last" description="Of the last step of the last round" min={0} max={10} step={0.0001} decimalScale={6} {...form.getInputProps('finalLearningRate')} />
          <NumberInput label="Batch size" description={held ? 'The noisy sum is divided by it' : 'Images in one step'} min={2} max={1024} {...form.getInputProps('batchSize')} />
        </div>
        <details className={styles.more}>
          <summary>More about learning</summary>
          <div className={styles.row}>
            <NativeSelect
              label="Optimiser"
              data={[
                { value: 'adam', label: 'Adam' },
                { value: 'sgd', label: 'SGD with momentum' },
              ]}
              {...form.getInputProps('optimizer')}
            />
            <NativeSelect
              label="Precision"
              description={held ? 'Gradients are clipped in float32' : "bfloat16 is faster only where the sites' processors multiply it natively"}
              disabled={held}
              data={[
                { value: 'float32', label: 'float32' },
                { value: 'bfloat16', label: 'bfloat16' },
              ]}
              {...form.getInputProps('precision')}
            />
            <NumberInput label="Mixup" description={held ? 'Blends patients: off' : '0 is off; blends pairs of images'} disabled={held} min={0} max={10} step={0.1} {...form.getInputProps('mixup')} />
            <NumberInput label="Stop locally after" description={held ? 'Would choose by exact figures: off' : 'Checks without improvement; empty never stops'} disabled={held} min={1} placeholder="never" {...form.getInputProps('localPatience')} />
            <Switch label="Weigh classes by their pooled frequency" description={held ? 'Class counts would leave exactly: off' : 'From securely summed class counts'} disabled={held} {...form.getInputProps('classWeights', { type: 'checkbox' })} />
          </div>
        </details>
      </div>
    </Card>
  );
}
