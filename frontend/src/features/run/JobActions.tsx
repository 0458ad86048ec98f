import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ENDED, type JobAction, useJobAction } from '@/api/jobs';
import { sessionQuery } from '@/api/session';
import type { Job } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { QUESTIONS } from './questions';

/** Pause, resume, cancel, each asked for once more. Only coordinators of the federation see them. */
export function JobActions({ job }: { job: Job }) {
  const session = useQuery(sessionQuery);
  const [asking, setAsking] = useState<JobAction | null>(null);
  const act = useJobAction(job.id);
  const mayAct = session.data?.memberships.some(({ federation, role }) => federation === job.federation.id && role === 'coordinator') ?? false;
  if (!mayAct || ENDED.has(job.state)) return null;
  const offered: JobAction[] = [
    ...(job.state === 'draft' ? (['submit'] as const) : []),
    ...(job.state === 'running' || job.state === 'queued' ? (['pause'] as const) : []),
    ...(job.state === 'paused' ? (['resume'] as const) : []),
    'cancel',
  ];
  const question = asking === null ? null : QUESTIONS[asking];
  const close = () => {
    setAsking(null);
    act.reset();
  };
  return (
    <>
      {offered.map((action) => (
        <Button key={action} onClick={() => setAsking(action)}>
          {QUESTIONS[action].button}
        </Button>
      ))}
      {asking !== null && question !== null && (
        <ConfirmDialog
          title={question.title}
          confirm={question.confirm}
          danger={asking === 'cancel'}
          busy={act.isPending}
          error={act.error?.message ?? null}
          onClose={close}
          onConfirm={() => act.mutate(asking, { onSuccess: close })}
        >
          <p>{question.text}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
