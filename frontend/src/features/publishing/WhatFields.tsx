import { Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ModelDetail } from '@/api/types';
import { interval, metric } from '@/lib/format';
import { networkName } from '@/lib/networks';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import styles from '@/ui/Form.module.css';
import type { PublishFormState } from './form';

interface Props {
  form: PublishFormState;
  model: ModelDetail;
}

/** What is offered; what an image must be follows from the model's card and cannot be chosen here. */
export function WhatFields({ form, model }: Props) {
  const { card, test } = model;
  const scale = card.normalisation;
  const facts = [
    {
      name: 'Model',
      value: (
        <>
          <Link to="/models/$model" params={{ model: model.id }}>
            {model.name}, version {model.number}
          </Link>
          , {networkName(card.model.name)}
        </>
      ),
    },
    { name: 'An image is', value: `one grey picture, made ${card.image_size} × ${card.image_size} pixels by whoever asks` },
    { name: 'Normalised by', value: scale === null ? 'nothing' : `mean ${scale.mean.toFixed(4)}, standard deviation ${scale.std.toFixed(4)}` },
    { name: 'Classes, in order', value: card.classes.join(', ') },
    { name: 'On test images', value: test === null ? 'not tested' : `MCC ${metric(test.mcc)} ${interval(test.low, test.high)}` },
  ];
  return (
    <Card title="What is offered">
      <div className={styles.stack}>
        <TextInput label="Title" description="Whoever asks sees it first" withAsterisk {...form.getInputProps('title')} />
        <Textarea label="Intended use" description="Signed by both parties with the rest: for whom, for what, and what it is not" autosize={false} rows={3} withAsterisk {...form.getInputProps('intendedUse')} />
        <Facts facts={facts} />
      </div>
    </Card>
  );
}
