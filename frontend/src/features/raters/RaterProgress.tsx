import { useState } from 'react';
import { type Rater, type StudyDetail, useWithdraw } from '@/api/readings';
import { count } from '@/lib/format';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { Empty } from '@/ui/Empty';
import { LinkButton } from '@/ui/LinkButton';
import styles from './Raters.module.css';
import { kindWords } from './words';

/** Who rates and how far they are; never what they said. */
export function RaterProgress({ study }: { study: StudyDetail }) {
  const [leaving, setLeaving] = useState<Rater | null>(null);
  const withdraw = useWithdraw(study.id);
  if (study.raters.length === 0) return <Empty title="Nobody rates yet">Bring readers in, or the readings of people and models from a table.</Empty>;
  const done = () => {
    setLeaving(null);
    withdraw.reset();
  };
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Raters and their progress">
      <table>
        <thead>
          <tr>
            <th scope="col">Rater</th>
            <th scope="col">Read</th>
            <th scope="col" className="number">Amended</th>
            {study.leads && <th scope="col"><span className="visually-hidden">Actions</span></th>}
          </tr>
        </thead>
        <tbody>
          {study.raters.map((rater) => (
            <tr key={rater.id}>
              <th scope="row">
                {rater.name}
                {rater.own && ' (you)'}
                <div className="dim">{rater.username ?? kindWords(rater.kind)}</div>
              </th>
              <td>
                <span className={styles.bar}>
                  <progress aria-label={`Read by ${rater.name}`} value={rater.read} max={study.cases} />
                  {rater.withdrawn_at === null ? `${count(rater.read)} of ${count(study.cases)}` : 'withdrawn'}
                </span>
              </td>
              <td className="number">{count(rater.amended)}</td>
              {study.leads && <td className="number">{rater.withdrawn_at === null && <LinkButton label={`Withdraw ${rater.name}`} onClick={() => setLeaving(rater)}>withdraw</LinkButton>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {leaving !== null && (
        <ConfirmDialog title={`Withdraw ${leaving.name}?`} confirm="Withdraw" danger busy={withdraw.isPending} error={withdraw.error?.message ?? null} onClose={done} onConfirm={() => withdraw.mutate(leaving.id, { onSuccess: done })}>
          <p>{leaving.name} is left out of the comparison. What was read stays in the log, the withdrawal goes into the audit log, and a reader stays blinded until the study is closed.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
