import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Candidate, candidatesQuery, type StudyDetail, useAssign } from '@/api/readings';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import styles from './Raters.module.css';

const BARRED: Record<string, string> = { reads: 'reads already', knows: 'has seen the truth' };

const words = ({ username, name, roles, barred }: Candidate) => `${name === '' ? username : name} (${barred === '' ? roles.join(', ').replaceAll('_', ' ') : (BARRED[barred] ?? barred)})`;

/** Brings a member of the federation in as a reader, with an order of pictures of their own. */
export function BringReader({ study }: { study: StudyDetail }) {
  const candidates = useQuery(candidatesQuery(study.id));
  const assign = useAssign(study.id);
  const [chosen, setChosen] = useState('');
  return (
    <Card title="Bring a reader in">
      <Async what="members" query={candidates} lines={2}>
        {(rows) => (
          <form
            className={styles.bring}
            aria-label="Bring a reader in"
            onSubmit={(event) => {
              event.preventDefault();
              if (chosen !== '') assign.mutate(chosen, { onSuccess: () => setChosen('') });
            }}
          >
            <NativeSelect
              label="Reader"
              description="Pictures come to each in an order drawn for them alone. In tables they are Reader 1, Reader 2"
              value={chosen}
              onChange={({ currentTarget }) => setChosen(currentTarget.value)}
              data={[{ value: '', label: 'Choose a member' }, ...rows.map((one) => ({ value: one.id, label: words(one), disabled: one.barred !== '' }))]}
            />
            <Button type="submit" variant="filled" disabled={chosen === ''} loading={assign.isPending}>
              Bring in
            </Button>
          </form>
        )}
      </Async>
      {assign.error !== null && (
        <Notice tone="bad" role="alert" title="Nobody was brought in">
          {assign.error.message}
        </Notice>
      )}
    </Card>
  );
}
