import { NumberInput, TextInput } from '@mantine/core';
import { Card } from '@/ui/Card';
import type { PublishFormState } from './form';
import styles from './PublishForm.module.css';

export function LimitFields({ form }: { form: PublishFormState }) {
  return (
    <Card title="Stock and limits">
      <div className={styles.pairs}>
        <NumberInput label="Refill the stock below" description="A diagnosis uses up one set; without one it waits" min={1} max={1000} suffix=" sets" {...form.getInputProps('stockLow')} />
        <NumberInput label="Fill it up to" description="So many diagnoses in a row without waiting" min={1} max={1000} suffix=" sets" {...form.getInputProps('stockFull')} />
        <NumberInput label="Diagnoses a person and day" description="Chosen questions tell of the weights; this bounds how many" min={1} max={100_000} {...form.getInputProps('perDay')} />
        <TextInput type="date" label="Offered until" description="Signed with the rest; parties refuse after it" {...form.getInputProps('expires')} />
      </div>
    </Card>
  );
}
