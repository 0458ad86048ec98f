import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { priceQuery } from '@/api/services';
import type { ProtocolPrice } from '@/api/types';
import { bytes, count, stepTime } from '@/lib/format';
import { PROTOCOLS, type ProtocolName, protocolWords } from '@/lib/protocols';
import { Card } from '@/ui/Card';
import { ChoiceTable } from '@/ui/ChoiceTable';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import type { PublishFormState } from './form';
import own from './PublishForm.module.css';

const HEADER = ['Rounds', 'Each way', 'Stock P0', 'Stock P1', 'Seconds'];

function cells(price: ProtocolPrice | undefined): string[] {
  if (price === undefined) return HEADER.map(() => '…');
  const { rounds, bytes_each_way: sent, stock_bytes: stock, online_seconds: seconds } = price;
  return [count(rounds), bytes(sent), stock.p0 === 0 ? 'none' : bytes(stock.p0), bytes(stock.p1), seconds === null ? '–' : stepTime(seconds)];
}

interface Props {
  form: PublishFormState;
  model: string;
}

/** The protocols side by side: counted for this very network, for one image. */
export function ProtocolFields({ form, model }: Props) {
  const { policy, profile, protocol } = form.values;
  const prices = useQuery(priceQuery({ model_version: model, policy, profile }));
  const choices = PROTOCOLS.map((value) => ({ value, ...protocolWords(value), cells: cells(prices.data?.find((one) => one.protocol === value)) }));
  return (
    <Card title="Protocol, and what privacy costs an image">
      {prices.isError && (
        <Notice tone="warn" role="status" title="What it costs could not be counted">
          {prices.error.message}
        </Notice>
      )}
      <ChoiceTable legend="Protocol" header={HEADER} choices={choices} value={protocol} onChange={(value) => form.setFieldValue('protocol', value as ProtocolName)} />
      <p className={own.note}>Counted for this network. Seconds are what owners’ workers expected of services like it; – where there was none.</p>
      <div className={`${styles.row} ${own.below}`}>
        <NativeSelect
          label="Numbers"
          description="Words of 32 bits are precise enough for every network tried so far"
          data={[
            { value: 'fast', label: 'Fast: 32-bit words' },
            { value: 'precise', label: 'Precise: 64-bit words, about twice the bytes' },
          ]}
          {...form.getInputProps('profile')}
        />
      </div>
    </Card>
  );
}
