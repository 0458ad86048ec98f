import { useEffect, useState } from 'react';
import type { Study } from '@/api/readings';
import { CaseInView } from './CaseInView';
import type { Waiting } from './desk';
import type { Matched } from './pictures';
import { nextRow, readCount, type Row, rowBefore } from './rows';
import styles from './Surface.module.css';
import { SurfaceBar } from './SurfaceBar';

interface Props {
  study: Study;
  user: string;
  rows: Row[];
  matched: Matched;
  unsent: number;
  trouble: string | null;
  onGive: (one: Waiting) => Promise<void>;
  onLeave: () => void;
}

/** The whole window, dark: one picture after another in the reader's own order, and nothing that says what it shows. */
export function Surface({ study, user, rows, matched, unsent, trouble, onGive, onLeave }: Props) {
  const [back, setBack] = useState<string | null>(null);
  const [putOff, setPutOff] = useState<ReadonlySet<string>>(new Set());
  const [paused, setPaused] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const has = (of: string) => matched.files.has(of);
  const row = rows.find((one) => one.case === back) ?? nextRow(rows, has, putOff);
  useEffect(() => {
    if (row === null) onLeave();
  }, [row, onLeave]);
  if (row === null) return null;

  const before = rowBefore(rows, row.position, has);
  const after = nextRow(rows.filter((one) => one.case !== row.case), has, putOff);
  const give = async (one: Waiting) => {
    try {
      await onGive(one);
      setBack(null);
      setFailed(null);
      return true;
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  const later = () => {
    if (back === null) setPutOff((some) => new Set([...some, row.case]));
    setBack(null);
  };
  return (
    <div className={styles.surface} data-mantine-color-scheme="dark" role="region" aria-label="Reading">
      <SurfaceBar
        title={study.title}
        read={readCount(rows)}
        all={rows.length}
        unsent={unsent}
        trouble={trouble}
        paused={paused}
        onBack={before === null || paused ? null : () => setBack(before.case)}
        onPause={() => setPaused(!paused)}
        onLeave={onLeave}
      />
      {failed !== null && (
        <p role="alert" className={styles.failed}>
          This reading could not be kept on this device: {failed}. Stay on this picture and try again; a private window may lack the store.
        </p>
      )}
      <CaseInView
        key={row.case}
        study={study}
        user={user}
        row={row}
        all={rows.length}
        file={matched.files.get(row.case)}
        next={after === null ? undefined : matched.files.get(after.case)}
        paused={paused}
        onGive={give}
        onPutOff={later}
        onBack={before === null ? null : () => setBack(before.case)}
        onPause={() => setPaused(!paused)}
      />
    </div>
  );
}
