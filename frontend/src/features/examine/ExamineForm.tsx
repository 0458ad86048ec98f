import { Button } from '@mantine/core';
import type { FormEventHandler, ReactNode } from 'react';
import type { NewExamination } from '@/api/evidence';
import type { Federation } from '@/api/types';
import { plural } from '@/lib/format';
import type { Visible } from '@/lib/visibility';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import { VisibilityTable } from '@/ui/VisibilityTable';
import { CostCard } from './CostCard';

interface Props {
  label: string;
  federation: Federation;
  /** What the form describes now, or null while its values do not fit. */
  job: NewExamination | null;
  released: Visible[];
  pending: boolean;
  refusal: string | null;
  onSubmit: FormEventHandler<HTMLFormElement>;
  children: ReactNode;
}

/** The frame of both forms: the fields, and beside them what it costs, what is released to whom, and the way to the sites. */
export function ExamineForm({ label, federation, job, released, pending, refusal, onSubmit, children }: Props) {
  const confirmed = federation.sites.filter(({ confirmed: yes }) => yes).length;
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit} aria-label={label}>
      <div className={styles.fields}>
        {refusal !== null && (
          <Notice tone="bad" role="alert" title="The job was not created">
            {refusal}
          </Notice>
        )}
        {confirmed < federation.min_survivors && (
          <Notice tone="warn" title={`${federation.name} has ${plural(confirmed, 'site')} with a confirmed key`}>
            {`A sum needs at least ${plural(federation.min_survivors, 'site')}; confirm their fingerprints on the federation's page first.`}
          </Notice>
        )}
        {children}
      </div>
      <div className={styles.side}>
        <Card title="What is released, and to whom">
          <VisibilityTable rows={released} />
        </Card>
        <CostCard job={job} />
        <Button type="submit" variant="filled" size="sm" loading={pending}>
          Send to the sites for approval
        </Button>
      </div>
    </form>
  );
}
