import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useCreateJob } from '@/api/jobs';
import type { Federation } from '@/api/types';
import { plural } from '@/lib/format';
import { ApiError } from '@/lib/problem';
import { keyOf } from '@/lib/visit';
import { Notice } from '@/ui/Notice';
import styles from './BuilderForm.module.css';
import { LearningFields } from './LearningFields';
import { PreviewCard } from './PreviewCard';
import { PrivacyFields } from './PrivacyFields';
import { RoundFields } from './RoundFields';
import { check, defaults, fromPlatform, toJob, type Values } from './values';
import { WhatFields } from './WhatFields';

interface Props {
  federation: Federation;
  onCreated: (job: string) => void;
}

const PREVIEW_DELAY_MS = 400;

export function BuilderForm({ federation, onCreated }: Props) {
  const confirmed = federation.sites.filter(({ confirmed: yes }) => yes).length;
  const problems = (values: Values) => check(values, confirmed, federation.min_survivors);
  const form = useForm<Values>({ initialValues: defaults(federation.min_survivors), validate: problems, validateInputOnBlur: true });
  const [values] = useDebouncedValue(form.values, PREVIEW_DELAY_MS);
  const create = useCreateJob();
  const [above, setAbove] = useState<string[]>([]);

  const send = (given: Values) => {
    setAbove([]);
    create.mutate({ job: toJob(given, federation.id), key: keyOf(given) }, {
      onSuccess: ({ id }) => onCreated(id),
      onError: (error) => {
        if (!(error instanceof ApiError)) return;
        const said = fromPlatform(error.fields);
        form.setErrors(said.beside);
        setAbove(said.above);
      },
    });
  };

  return (
    <form className={styles.form} noValidate onSubmit={form.onSubmit(send)} aria-label="New training job">
      <div className={styles.fields}>
        {create.error !== null && (
          <Notice tone="bad" role="alert" title="The job was not created">
            {[create.error.message, ...above].join(' ')}
          </Notice>
        )}
        {confirmed < federation.min_survivors && (
          <Notice tone="warn" title={`${federation.name} has ${plural(confirmed, 'site')} with a confirmed key`}>
            {`A job needs at least ${plural(federation.min_survivors, 'site')}; confirm their fingerprints on the federation's page first.`}
          </Notice>
        )}
        <WhatFields form={form} />
        <RoundFields form={form} />
        <LearningFields form={form} />
        <PrivacyFields form={form} sites={confirmed} least={federation.min_survivors} />
      </div>
      <div className={styles.side}>
        <PreviewCard job={toJob({ ...values, title: values.title || 'preview' }, federation.id)} ready={Object.keys(problems({ ...values, title: 'preview' })).length === 0} epochs={values.count === 'epochs'} />
        <Button type="submit" variant="filled" size="sm" loading={create.isPending}>
          Send to the sites for approval
        </Button>
      </div>
    </form>
  );
}
