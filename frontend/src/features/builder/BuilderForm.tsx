import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { previewQuery, useCreateJob } from '@/api/jobs';
import type { Federation } from '@/api/types';
import { plural } from '@/lib/format';
import { ApiError } from '@/lib/problem';
import { keyOf } from '@/lib/visit';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import { LearningFields } from './LearningFields';
import { PreviewCard } from './PreviewCard';
import { PrivacyFields } from './PrivacyFields';
import { PromiseFields } from './PromiseFields';
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
  const [first] = useState(() => defaults(federation.min_survivors));
  const form = useForm<Values>({ initialValues: first, validate: problems, validateInputOnBlur: true });
  const [values] = useDebouncedValue(form.values, PREVIEW_DELAY_MS);
  const create = useCreateJob();
  const shown = toJob({ ...values, title: values.title || 'preview' }, federation.id);
  const ready = Object.keys(problems({ ...values, title: 'preview' })).length === 0;
  const preview = useQuery(previewQuery(shown, ready));
  const overdrawn = form.values.promise !== 'off' && preview.data?.privacy?.would_pass === true;
  const { setErrors } = form;
  // What only the platform can tell of the values stands beside them before anything is sent.
  useEffect(() => {
    if (preview.error instanceof ApiError) setErrors(fromPlatform(preview.error.fields).beside);
  }, [preview.error, setErrors]);
  const [above, setAbove] = useState<string[]>([]);

  const send = (given: Values) => {
    setAbove([]);
    const job = toJob(given, federation.id);
    create.mutate({ job, key: keyOf(job) }, {
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
        <PromiseFields form={form} first={first} />
      </div>
      <div className={styles.side}>
        <PreviewCard job={shown} preview={preview} ready={ready} epochs={values.count === 'epochs'} nameOf={(slug) => federation.sites.find((site) => site.slug === slug)?.name ?? slug} />
        <Button type="submit" variant="filled" size="sm" loading={create.isPending} disabled={overdrawn}>
          Send to the sites for approval
        </Button>
      </div>
    </form>
  );
}
