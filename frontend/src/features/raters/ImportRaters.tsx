import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ImportedTable, type StudyDetail, useImport } from '@/api/readings';
import { modelsQuery } from '@/api/registry';
import { fieldErrors } from '@/lib/problem';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import styles from './Raters.module.css';
import { TableField } from './TableField';

const EMPTY = { kind: 'model' as ImportedTable['kind'], name: '', table: '', model: '' };

/** Brings in what was read elsewhere: by a model, or by people. */
export function ImportRaters({ study }: { study: StudyDetail }) {
  const models = useQuery(modelsQuery);
  const bring = useImport(study.id);
  const [round, setRound] = useState(0);
  const form = useForm({ initialValues: EMPTY, validate: { table: (table) => (table === '' ? 'Choose a table' : null) } });
  const offered = models.data?.filter(({ federation }) => federation.id === study.federation.id) ?? [];
  const ofModel = form.values.kind === 'model';
  const send = ({ kind, name, table, model }: typeof EMPTY) =>
    bring.mutate(
      { kind, name: name.trim(), table, model_version: ofModel && model !== '' ? model : null },
      {
        onSuccess: () => {
          form.reset();
          setRound(round + 1);
        },
        onError: (error) => form.setErrors(fieldErrors(error)),
      },
    );
  return (
    <Card title="Bring in readings from a table">
      <form className={styles.stack} noValidate aria-label="Bring in readings from a table" onSubmit={form.onSubmit(send)}>
        {bring.error !== null && (
          <Notice tone="bad" role="alert" title="Nothing was brought in">
            {bring.error.message}
          </Notice>
        )}
        <NativeSelect label="Of whom" data={[{ value: 'model', label: 'A model' }, { value: 'person', label: 'People who read elsewhere' }]} {...form.getInputProps('kind')} />
        <TableField
          key={round}
          label="Table"
          description={
            ofModel ? (
              <>
                sha256 or case, label and, for a curve, a probability for each class: <code>primia readings predict</code> writes it
              </>
            ) : (
              <>
                case and a column of labels for each person, as <code>primia compare</code> reads it
              </>
            )
          }
          error={form.errors.table}
          onText={(table) => form.setFieldValue('table', table)}
        />
        {ofModel && offered.length > 0 && (
          <NativeSelect label="Model version" data={[{ value: '', label: 'none of this federation' }, ...offered.map(({ id, name, number }) => ({ value: id, label: `${name}, version ${number}` }))]} {...form.getInputProps('model')} />
        )}
        <TextInput label="Name" description="Of the rater, where the table has one column of labels" {...form.getInputProps('name')} />
        <div>
          <Button type="submit" variant="filled" loading={bring.isPending}>
            Bring in
          </Button>
        </div>
        {study.state === 'closed' && <p className={styles.note}>The others’ readings are known by now: whoever is brought in is marked as added after closing.</p>}
      </form>
    </Card>
  );
}
