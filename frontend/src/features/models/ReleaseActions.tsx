import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRelease } from '@/api/registry';
import type { ModelVersion } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import styles from './ModelDetails.module.css';

const QUESTIONS = {
  publish: {
    title: 'Publish this version?',
    confirm: 'Publish',
    text: 'Its members see it as the version to use. It can be retired later, and never becomes a draft again.',
  },
  retire: {
    title: 'Retire this version?',
    confirm: 'Retire',
    text: 'It stays readable with its weights, for what was decided with it, and is no longer offered for use.',
  },
} as const;

/** A version is published, offered for diagnosis and retired by a person, never by a job. */
export function ReleaseActions({ model }: { model: ModelVersion }) {
  const [asking, setAsking] = useState<keyof typeof QUESTIONS | null>(null);
  const release = useRelease(model.id);
  if (model.state === 'retired') return null;
  const action = model.state === 'draft' ? 'publish' : 'retire';
  return (
    <div className={styles.actions}>
      {model.state === 'published' && (
        <Button variant="filled" renderRoot={(props) => <Link to="/services/new" search={{ model: model.id }} {...props} />}>
          Offer it for diagnosis
        </Button>
      )}
      <Button variant={action === 'publish' ? 'filled' : 'default'} onClick={() => setAsking(action)}>
        {QUESTIONS[action].confirm}
      </Button>
      {asking !== null && (
        <ConfirmDialog
          title={QUESTIONS[asking].title}
          confirm={QUESTIONS[asking].confirm}
          busy={release.isPending}
          error={release.error?.message ?? null}
          onClose={() => setAsking(null)}
          onConfirm={() => release.mutate(asking, { onSuccess: () => setAsking(null) })}
        >
          <p>{QUESTIONS[asking].text}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
