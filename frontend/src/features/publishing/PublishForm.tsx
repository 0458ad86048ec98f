import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCreateService } from '@/api/services';
import type { ModelDetail, Node } from '@/api/types';
import { useNow } from '@/lib/now';
import { ApiError } from '@/lib/problem';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import { AnswerFields } from './AnswerFields';
import { LearnsCard } from './LearnsCard';
import { LimitFields } from './LimitFields';
import { NodeFields } from './NodeFields';
import { PriceCard } from './PriceCard';
import { ProtocolFields } from './ProtocolFields';
import { check, defaults, fromPlatform, toService, type Values } from './values';
import { WhatFields } from './WhatFields';

interface Props {
  model: ModelDetail;
  nodes: Node[];
  onPublished: (service: string) => void;
}

export function PublishForm({ model, nodes, onPublished }: Props) {
  const now = useNow();
  const form = useForm<Values>({ initialValues: defaults(model, nodes, now), validate: (values) => check(values, now), validateInputOnBlur: true });
  const create = useCreateService();
  const [above, setAbove] = useState<string[]>([]);
  const send = (values: Values) => {
    setAbove([]);
    create.mutate(toService(values, model.id), {
      onSuccess: ({ id }) => onPublished(id),
      onError: (error) => {
        if (!(error instanceof ApiError)) return;
        const said = fromPlatform(error.fields);
        form.setErrors(said.beside);
        setAbove(said.above);
      },
    });
  };
  return (
    <form className={styles.form} noValidate onSubmit={form.onSubmit(send)} aria-label="Publish a diagnosis service">
      <div className={styles.fields}>
        {create.error !== null && (
          <Notice tone="bad" role="alert" title="The service was not published">
            {[create.error.message, ...above].join(' ')}
          </Notice>
        )}
        <WhatFields form={form} model={model} />
        <AnswerFields form={form} />
        <ProtocolFields form={form} model={model.id} />
        <LearnsCard policy={form.values.policy} />
        <NodeFields form={form} nodes={nodes} />
        <LimitFields form={form} />
      </div>
      <div className={styles.side}>
        <PriceCard model={model.id} values={form.values} />
        <Button type="submit" variant="filled" size="sm" loading={create.isPending}>
          Publish
        </Button>
      </div>
    </form>
  );
}
