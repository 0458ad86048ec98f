import { NativeSelect, NumberInput } from '@mantine/core';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import type { BuilderFormState } from './form';

export function RoundFields({ form }: { form: BuilderFormState }) {
  const { count, strategy, promise } = form.values;
  return (
    <Card title="Rounds">
      <div className={styles.stack}>
        <div className={styles.row}>
          <NumberInput label="Rounds" description="Train, add up, share the sum: once each" min={1} max={10_000} {...form.getInputProps('rounds')} />
          <NativeSelect
            label="Local work is counted in"
            description={promise === 'off' ? 'Epochs hint at how large a cohort is' : 'Epochs are no random samples'}
            disabled={promise !== 'off'}
            data={[
              { value: 'steps', label: 'Steps, the same at every site' },
              { value: 'epochs', label: 'Epochs, all images of the site' },
            ]}
            {...form.getInputProps('count')}
          />
          {count === 'steps' ? (
            <NumberInput label="Steps a round" description={promise === 'distributed' ? 'One noisy sum of all sites' : 'Batches that each site works through'} disabled={promise === 'distributed'} min={1} max={100_000} {...form.getInputProps('steps')} />
          ) : (
            <NumberInput label="Epochs a round" description="Passes over all of a site's images" min={1} max={1000} {...form.getInputProps('epochs')} />
          )}
        </div>
        <details className={styles.more}>
          <summary>More about rounds</summary>
          <div className={styles.row}>
            <NativeSelect
              label="How updates are joined"
              description="FedAvg averages weights by samples; FedProx holds sites near the global model"
              disabled={promise === 'distributed'}
              data={[
                { value: 'fedavg', label: 'FedAvg' },
                { value: 'fedprox', label: 'FedProx' },
                { value: 'fedsgd', label: 'FedSGD', disabled: promise === 'local' },
              ]}
              {...form.getInputProps('strategy')}
            />
            {strategy === 'fedprox' && <NumberInput label="Mu" description="How strongly sites are held" min={0} max={100} step={0.01} {...form.getInputProps('mu')} />}
            <NumberInput label="Stop early after" description="Rounds without a better MCC; empty trains all rounds" min={1} placeholder="never" {...form.getInputProps('patience')} />
          </div>
        </details>
      </div>
    </Card>
  );
}
