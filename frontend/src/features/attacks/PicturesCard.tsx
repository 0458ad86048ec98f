import type { AuditDocument } from '@/api/documents';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { picturesOf } from './parts';
import styles from './PicturesCard.module.css';
import { Victim } from './Victim';

const KINDS = {
  phantom: 'These pictures are drawn, not taken of anybody. The hub attacked them with the settings of this audit. No picture of a patient, and no reconstruction of one, leaves its site.',
  public: 'These pictures are from a public data set.',
  real: '',
};

const WAITS = {
  waiting: 'The hub is drawing phantoms and attacks them alike; their pictures appear here when it has done so.',
  failed: 'The hub’s own attack on drawn phantoms failed',
  done: 'The hub’s own attack on drawn phantoms left no pictures.',
};

interface Props {
  document: AuditDocument;
  /** Of the hub's own attack on drawn pictures. */
  state: 'waiting' | 'done' | 'failed';
  reason: string;
}

/** Original, reconstruction and best other patient side by side: the eye sees what a figure may hide. */
export function PicturesCard({ document, state, reason }: Props) {
  const groups = picturesOf(document);
  if (groups.length === 0) {
    return (
      <Card title="Pictures">
        <Empty title="No pictures here">
          {`A real cohort’s pictures and reconstructions stay at their sites; each hospital finds its own in its site folder. ${WAITS[state]}${reason === '' ? '' : `: ${reason}`}`}
        </Empty>
      </Card>
    );
  }
  return (
    <Card title={document.images.kind === 'public' ? 'Pictures, of a public data set' : 'Pictures, of drawn phantoms'}>
      <p className={styles.about}>{KINDS[document.images.kind]} Beside each original: its reconstruction, and the most alike picture of another patient.</p>
      <div className={styles.groups}>
        {groups.map(({ part, pictures }) => (
          <section key={part.id} aria-label={part.name}>
            <h3>{part.name}</h3>
            <div className={styles.victims}>
              {pictures.map((picture) => (
                <Victim key={picture.victim} picture={picture} />
              ))}
            </div>
          </section>
        ))}
      </div>
    </Card>
  );
}
