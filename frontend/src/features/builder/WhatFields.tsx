import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import type { BuilderFormState } from './form';

export function WhatFields({ form }: { form: BuilderFormState }) {
  const { promise } = form.values;
  return (
    <Card title="What">
      <div className={styles.stack}>
        <div className={styles.row}>
          <TextInput label="Title" description="The sites see it when they are asked" placeholder="Pneumonia, spring cohort" withAsterisk {...form.getInputProps('title')} />
          <NativeSelect
            label="Network"
            description="ResNet-18 is the one to begin with"
            data={[
              { value: 'resnet18', label: 'ResNet-18, 11.2 M parameters' },
              { value: 'vgg16', label: 'VGG-16, 138 M parameters' },
              { value: 'small_cnn', label: 'Small CNN, for a first try' },
            ]}
            {...form.getInputProps('network')}
          />
          <NumberInput label="Image size" description="Square; 64 is quick, 224 sees more" min={16} max={1024} step={32} suffix=" px" {...form.getInputProps('imageSize')} />
        </div>
        <details className={styles.more}>
          <summary>More about the network</summary>
          <div className={styles.row}>
            <NativeSelect
              label="Normalisation layers"
              description={promise === 'off' ? 'Batch learns faster; group shares no running statistics' : 'Batch normalisation mixes patients: no promise could be kept'}
              disabled={promise !== 'off'}
              data={[
                { value: 'batch', label: 'Batch normalisation' },
                { value: 'group', label: 'Group normalisation' },
              ]}
              {...form.getInputProps('normalisation')}
            />
          </div>
        </details>
      </div>
    </Card>
  );
}
