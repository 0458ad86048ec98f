import { Link } from '@tanstack/react-router';
import type { AttackAudit, Evaluation } from '@/api/evidence';
import { count, date, interval, metric, percent, percentInterval } from '@/lib/format';
import { verdictLook } from '@/lib/states';
import { StateChip } from '@/ui/StateChip';
import styles from './ModelDetails.module.css';

interface Props {
  evaluations: Evaluation[];
  audits: AttackAudit[];
}

/** Newest first, evaluations before audits. */
export function EvidenceRows({ evaluations, audits }: Props) {
  if (evaluations.length + audits.length === 0) return <p className="dim">Nothing yet beyond the test at the end of its training.</p>;
  return (
    <ul className={styles.rows}>
      {evaluations.map((one) => (
        <li key={one.id}>
          <Link to="/evaluations/$evaluation" params={{ evaluation: one.id }}>
            Evaluation on {count(one.n)} {one.split} images
          </Link>
          <span>
            accuracy {percent(one.accuracy.value)} <span className="dim">{percentInterval(one.accuracy.low, one.accuracy.high)}</span>, MCC {metric(one.mcc.value)} <span className="dim">{interval(one.mcc.low, one.mcc.high)}</span>
          </span>
          <span className="dim">{date(one.created_at)}</span>
        </li>
      ))}
      {audits.map((one) => (
        <li key={one.id}>
          <Link to="/attack-audits/$audit" params={{ audit: one.id }}>
            Attack audit
          </Link>
          <StateChip look={verdictLook(one.verdict)} />
          <span className="dim">{date(one.created_at)}</span>
        </li>
      ))}
    </ul>
  );
}
