import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { fetchLog, fetchTable, type StudyDetail, type Which } from '@/api/readings';
import { downloadText, fileName } from '@/lib/download';
import styles from './Raters.module.css';

interface Props {
  study: StudyDetail;
  which: Which;
  off: boolean;
}

/** The study as files: the table that `primia compare` reads, and every single reading with its times. */
export function Exports({ study, which, off }: Props) {
  const table = useMutation({ mutationFn: () => fetchTable(study.id, which), onSuccess: (text) => downloadText(fileName(study.title, '-readings.csv'), text) });
  const log = useMutation({ mutationFn: () => fetchLog(study.id), onSuccess: (text) => downloadText(fileName(study.title, '-log.csv'), text) });
  const problem = table.error ?? log.error;
  return (
    <div className={styles.exports}>
      {problem !== null && <span role="alert">{problem.message}</span>}
      <Button disabled={off} loading={table.isPending} onClick={() => table.mutate()}>
        Readings as CSV
      </Button>
      <Button disabled={off} loading={log.isPending} onClick={() => log.mutate()}>
        Log with times as CSV
      </Button>
    </div>
  );
}
