import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Study } from '@/api/readings';
import { plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';
import { Page } from '@/ui/Page';
import type { Waiting } from './desk';
import { FolderChooser } from './FolderChooser';
import { MatchReport } from './MatchReport';
import type { Matched } from './pictures';
import styles from './Preparation.module.css';
import { RefusedCard } from './RefusedCard';
import { readCount, type Row } from './rows';

interface Props {
  study: Study;
  rows: Row[];
  matched: Matched | null;
  matching: { done: number; all: number } | null;
  /** Why the files that were chosen last could not be read. */
  unread: string | null;
  waiting: Waiting[];
  trouble: string | null;
  onFiles: (files: File[]) => void;
  onBegin: () => void;
}

/** Before reading: the pictures from the reader's own disk, and what to expect. */
export function Preparation({ study, rows, matched, matching, unread, waiting, trouble, onFiles, onBegin }: Props) {
  const read = readCount(rows);
  const left = matched === null ? 0 : rows.filter((row) => row.said === null && matched.files.has(row.case)).length;
  const unsent = waiting.filter(({ refused }) => refused === null).length;
  const facts = [
    { name: 'The question', value: study.question },
    { name: 'Answers', value: study.classes.map((name, index) => `${index + 1} ${name}`).join(' · ') },
    { name: 'Order', value: 'your own, drawn by lot for you alone' },
    { name: 'What is sent', value: `your answer${study.ask_confidence ? ', how sure you are' : ''}, and when; no picture and no name of a file` },
    { name: 'Taking back', value: 'until you press Enter; later, another answer is kept beside the first' },
    { name: 'You will not see', value: 'the truth and what others said, before the study is closed' },
  ];
  return (
    <Page title={study.title} sub={`Reading: ${read} of ${rows.length} cases read.`} actions={<Link to="/reader-studies/$study" params={{ study: study.id }}>About this study</Link>}>
      {read === rows.length && (
        <Notice tone="ok" role="status" title="You have read every case">
          Thank you. {unsent === 0 ? 'All readings have arrived.' : `${plural(unsent, 'reading')} will be sent when the platform answers; leave this page open or come back to it.`} The results are shown when the coordinator closes the study.
        </Notice>
      )}
      {unsent > 0 && read < rows.length && (
        <Notice tone="warn" role="status" title={`${plural(unsent, 'reading is', 'readings are')} kept on this device and not sent yet`}>
          {trouble ?? 'Sending.'}
        </Notice>
      )}
      <RefusedCard refused={waiting.filter(({ refused }) => refused !== null)} />
      <div className={styles.columns}>
        <Card title="Your pictures">
          <div className={styles.stack}>
            <p>Open the folder of pictures that the coordinator gave you. They are read on this device and compared by their fingerprints; they are not uploaded.</p>
            <FolderChooser disabled={matching !== null} onFiles={onFiles} />
            {matching !== null && (
              <p role="status" className={styles.matching}>
                <progress aria-label="Files compared" value={matching.done} max={Math.max(1, matching.all)} /> {matching.done} of {plural(matching.all, 'file')}
              </p>
            )}
            {unread !== null && (
              <Notice tone="bad" role="alert" title="These files could not be read to their end">
                {`${unread} Choose them again; what was chosen before is still here.`}
              </Notice>
            )}
            {matched !== null && matching === null && <MatchReport matched={matched} rows={rows} />}
            <div>
              <Button variant="filled" size="sm" disabled={left === 0 || matching !== null} onClick={onBegin}>
                {read === 0 ? 'Begin to read' : 'Go on reading'}
              </Button>
            </div>
          </div>
        </Card>
        <Card title="How it goes">
          <Facts facts={facts} />
        </Card>
      </div>
    </Page>
  );
}
