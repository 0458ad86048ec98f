import { Button, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCreateStudy } from '@/api/readings';
import type { Federation } from '@/api/types';
import { plural } from '@/lib/format';
import { fieldErrors } from '@/lib/problem';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import styles from './Raters.module.css';
import { TableField } from './TableField';
import { check, classNames, defaults, summary, toStudy, type Values } from './values';

interface Props {
  federations: Federation[];
  onCreated: (study: string) => void;
}

export function StudyForm({ federations, onCreated }: Props) {
  const form = useForm<Values>({ initialValues: defaults(federations[0]?.id ?? ''), validate: check, validateInputOnBlur: true });
  const create = useCreateStudy();
  const [id] = useState(() => crypto.randomUUID());
  const table = summary(form.values.cases);
  const choose = (cases: string) => {
    form.setFieldValue('cases', cases);
    form.clearFieldError('cases');
    const found = summary(cases);
    if (found !== null && classNames(form.getValues().classes).length === 0) form.setFieldValue('classes', found.classes.join(', '));
  };
  const send = (values: Values) => create.mutate(toStudy(values, id), { onSuccess: (study) => onCreated(study.id), onError: (error) => form.setErrors(fieldErrors(error)) });
  const about = table === null ? <>case, sha256, truth: what <code>primia readings prepare FOLDER --out cases.csv --copies FOR-READERS</code> writes</> : `${plural(table.rows, 'case')}; truth: ${table.classes.join(', ')}`;
  return (
    <form className={styles.form} noValidate aria-label="New reader study" onSubmit={form.onSubmit(send)}>
      {create.error !== null && (
        <Notice tone="bad" role="alert" title="The study was not made">
          {create.error.message}
        </Notice>
      )}
      <Card title="What is read">
        <div className={styles.stack}>
          {federations.length > 1 && <NativeSelect label="Federation" data={federations.map(({ id: value, name }) => ({ value, label: name }))} {...form.getInputProps('federation')} />}
          <TextInput label="Title" withAsterisk {...form.getInputProps('title')} />
          <TableField label="Table of cases" description={about} error={form.errors.cases} onText={choose} />
          <Textarea label="Question" description="Shown beside every picture" autosize={false} rows={2} withAsterisk {...form.getInputProps('question')} />
          <TextInput label="Classes, in order" description="With commas; each gets a key from 1. Weighted kappas take them in this order" withAsterisk {...form.getInputProps('classes')} />
          <Switch label="Ask how sure readers are, from 0 to 100" {...form.getInputProps('askConfidence', { type: 'checkbox' })} />
        </div>
      </Card>
      <Card title="How it is judged">
        <div className={styles.stack}>
          <NumberInput label="Margin of non-inferiority" description="In accuracy, stated now and never changed. Leave it empty if there is none" step={0.01} min={0} max={1} decimalScale={3} {...form.getInputProps('margin')} />
          <Textarea label="Washout" description="What readers saw of these pictures before, and how long ago" autosize={false} rows={2} {...form.getInputProps('washout')} />
        </div>
      </Card>
      <div className={styles.end}>
        <p className="dim">You have seen the truth, so you cannot read in this study. Pictures stay where they are: only their fingerprints are in the table.</p>
        <Button type="submit" variant="filled" size="sm" loading={create.isPending}>
          Make the study
        </Button>
      </div>
    </form>
  );
}
