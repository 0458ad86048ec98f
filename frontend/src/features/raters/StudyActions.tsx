import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type StudyDetail, useCloseStudy, useOpenStudy } from '@/api/readings';
import { plural } from '@/lib/format';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { takingPart } from './words';

/** What the caller can do with a study as it stands: read in it, open it, close it for good. */
export function StudyActions({ study }: { study: StudyDetail }) {
  // What was asked, not what the study allows by now: it changes under the dialog while the answer is on its way.
  const [asking, setAsking] = useState<'open' | 'close' | null>(null);
  const open = useOpenStudy(study.id);
  const close = useCloseStudy(study.id);
  const behind = takingPart(study).filter(({ kind, read }) => kind === 'reader' && read < study.cases).length;
  const doing = asking === 'close' ? close : open;
  const done = () => {
    setAsking(null);
    doing.reset();
  };
  return (
    <>
      {study.reads && study.state === 'open' && (
        <Button variant="filled" renderRoot={(props) => <Link to="/reader-studies/$study/read" params={{ study: study.id }} {...props} />}>
          Read
        </Button>
      )}
      {study.leads && study.state === 'draft' && <Button variant="filled" onClick={() => setAsking('open')}>Open for reading</Button>}
      {study.leads && study.state === 'open' && <Button onClick={() => setAsking('close')}>Close</Button>}
      {asking !== null && (
        <ConfirmDialog
          title={asking === 'open' ? `Open ${study.title}?` : `Close ${study.title}?`}
          confirm={asking === 'open' ? 'Open for reading' : 'Close for good'}
          danger={asking === 'close'}
          busy={doing.isPending}
          error={doing.error?.message ?? null}
          onClose={done}
          onConfirm={() => doing.mutate(undefined, { onSuccess: done })}
        >
          {asking === 'open' ? (
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
