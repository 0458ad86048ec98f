import type { StudyDetail } from '@/api/readings';
import { dateTime, percent, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Hash } from '@/ui/Hash';
import { BringReader } from './BringReader';
import { ComparisonPart } from './ComparisonPart';
import { ImportRaters } from './ImportRaters';
import { RaterProgress } from './RaterProgress';
import styles from './Raters.module.css';
import type { StudyView } from './StudyPage';

interface Props {
  study: StudyDetail;
  view: StudyView;
  onView: (change: Partial<StudyView>) => void;
}

function protocolFacts(study: StudyDetail) {
  return [
    { name: 'Cases', value: plural(study.cases, 'picture') },
    { name: 'Answers', value: study.classes.join(', ') },
    { name: 'Margin of non-inferiority', value: study.margin === null ? 'none was stated' : `${percent(study.margin)} in accuracy, stated ${dateTime(study.created_at)}` },
    { name: 'Confidence', value: study.ask_confidence ? 'asked with every answer' : 'not asked' },
    ...(study.washout === '' ? [] : [{ name: 'Washout', value: study.washout }]),
    { name: 'Opened', value: study.opened_at === null ? 'not yet' : dateTime(study.opened_at) },
    ...(study.closed_at === null ? [] : [{ name: 'Closed', value: dateTime(study.closed_at) }]),
    { name: 'Protocol, SHA-256', value: <Hash value={study.protocol_sha256} /> },
    ...(study.seal === null ? [] : [{ name: 'Taken with the seal', value: <Hash value={study.seal} /> }]),
  ];
}

export function StudyBody({ study, view, onView }: Props) {
  const leads = study.leads && study.state !== 'closed';
  return (
    <>
      {study.state === 'closed' && <ComparisonPart study={study} view={view} onView={onView} />}
      <div className={styles.columns}>
        <Card title={study.leads || study.state === 'closed' ? 'Raters' : 'Your readings'}>
          <RaterProgress study={study} />
        </Card>
        <Card title="Protocol">
          <Facts facts={protocolFacts(study)} />
        </Card>
      </div>
      {study.leads && (
        <div className={styles.columns}>
          {leads && <BringReader study={study} />}
          {!study.blinded && <ImportRaters study={study} />}
        </div>
      )}
      {study.state !== 'closed' && <ComparisonPart study={study} view={view} onView={onView} />}
    </>
  );
}
