import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Card } from '@/ui/Card';
import { Checks } from '@/ui/Checks';
import styles from '@/ui/Form.module.css';
import type { AuditValues } from './audit';

const VIEWS = [
  { value: 'gradient', name: 'One site’s raw gradient', text: 'what a hub would see without secure aggregation' },
  { value: 'update', name: 'One site’s update', text: 'the same, after several local steps' },
  { value: 'secure_sum', name: 'The secure sum', text: 'what hub and sites really see' },
];

/** What the attacker sees. Everything that is not chosen here favours it: it knows the network, the weights, the rate. */
export function AttackerFields({ form }: { form: UseFormReturnType<AuditValues> }) {
  const { views, summed } = form.values;
  const problem = form.errors.views;
  const several = views.includes('update') || (views.includes('secure_sum') && summed === 'update');
  return (
    <Card title="What the attacker sees">
      <div className={styles.stack}>
        <Checks legend="Views" options={VIEWS} chosen={views} onChange={(chosen) => form.setFieldValue('views', chosen)} error={typeof problem === 'string' ? problem : null} />
        <div className={styles.row}>
          <TextInput label="Images in a batch" description="One or several sizes, such as 1, 4, 8; more is harder" {...form.getInputProps('batchSizes')} />
          {several && <NumberInput label="Local steps in an update" description="Steps on the batch before it is sent" min={1} max={64} {...form.getInputProps('localSteps')} />}
          {views.includes('secure_sum') && (
            <NativeSelect
              label="The sum is of"
              description="What the sites add up"
              data={[
                { value: 'gradient', label: 'Gradients' },
                { value: 'update', label: 'Updates' },
              ]}
              {...form.getInputProps('summed')}
            />
          )}
          <NativeSelect
            label="Batch normalisation"
            description="Sites train in training mode; evaluation mode is easier to attack"
            data={[
              { value: 'train', label: 'Training mode' },
              { value: 'eval', label: 'Evaluation mode' },
            ]}
            {...form.getInputProps('batchNorm')}
          />
          <NativeSelect
            label="Classes of the images"
            description="Mostly the last layer gives them away anyhow"
            data={[
              { value: 'known', label: 'Told to the attacker' },
              { value: 'inferred', label: 'Inferred by the attacker' },
            ]}
            {...form.getInputProps('labels')}
          />
          <NativeSelect label="Whose images" description="Those that training sends gradients of" data={['train', 'validation', 'test']} {...form.getInputProps('split')} />
        </div>
      </div>
    </Card>
  );
}
