import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type StudyDetail, useCloseStudy, useOpenStudy } from '@/api/readings';
import { plural } from '@/lib/format';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { takingPart } from './words';

/** What the caller can do with a study as it stands: read in it, open it, close it for good. */
export function StudyActions({ study }: { study: StudyDetail }) {
  const [asking, setAsking] = useState(false);
  const open = useOpenStudy(study.id);
  const close = useCloseStudy(study.id);
  const behind = takingPart(study).filter(({ kind, read }) => kind === 'reader' && read < study.cases).length;
  const doing = study.state === 'draft' ? open : close;
  const done = () => {
    setAsking(false);
    doing.reset();
  };
  return (
    <>
      {study.reads && study.state === 'open' && (
        <Button variant="filled" renderRoot={(props) => <Link to="/reader-studies/$study/read" params={{ study: study.id }} {...props} />}>
          Read
        </Button>
      )}
      {study.leads && study.state === 'draft' && <Button variant="filled" onClick={() => setAsking(true)}>Open for reading</Button>}
      {study.leads && study.state === 'open' && <Button onClick={() => setAsking(true)}>Close</Button>}
      {asking && (
        <ConfirmDialog
          title={study.state === 'draft' ? `Open ${study.title}?` : `Close ${study.title}?`}
          confirm={study.state === 'draft' ? 'Open for reading' : 'Close for good'}
          danger={study.state !== 'draft'}
          busy={doing.isPending}
          error={doing.error?.message ?? null}
          onClose={done}
          onConfirm={() => doing.mutate(undefined, { onSuccess: done })}
        >
          {study.state === 'draft' ? (
            <p>Its readers see it from now on. Cases, truth and margin are fixed already; readers can still be brought in.</p>
          ) : (
            <>
              <p>It takes no more readings, and everybody who took part sees the truth and the comparison. It cannot be opened again.</p>
              {behind > 0 && <p>{plural(behind, 'reader has', 'readers have')} not read every case yet, and would be left out of the comparison of all cases.</p>}
            </>
          )}
        </ConfirmDialog>
      )}
    </>
  );
}
