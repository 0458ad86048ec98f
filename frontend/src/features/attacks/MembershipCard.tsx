import type { Figure, MembershipFigures } from '@/api/documents';
import { interval, metric, percent, percentInterval, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import styles from './AttackAuditBody.module.css';

interface Row {
  name: string;
  figure: Figure;
  chance: number;
}

const more = ({ low }: Figure, chance: number) => (low === null ? 'not known' : low > chance ? 'above chance' : 'includes chance');

/** Can one tell whether somebody's picture was in training? At few false alarms, because that is where it hurts. */
export function MembershipCard({ membership }: { membership: MembershipFigures | null }) {
  if (membership === null) {
    return (
      <Card title="Membership in training">
        <Empty title="Not part of this audit">Whether it can be told that a picture was in training needs reference models, which are trained where the pictures are: `primia attack membership`.</Empty>
      </Card>
    );
  }
  const { method, references, tpr_at_1pct: one, tpr_at_0_1pct: tenth, auc } = membership;
  const rows: Row[] = [
    { name: 'Members told at 1 % false alarms', figure: one, chance: 0.01 },
    { name: 'Members told at 0.1 % false alarms', figure: tenth, chance: 0.001 },
  ];
  return (
    <Card title="Membership in training">
      <table>
        <caption className="visually-hidden">How surely members of the training set are told</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" className="number">Value</th>
            <th scope="col" className="number">95 % interval</th>
            <th scope="col" className="number">Chance</th>
            <th scope="col">So</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, figure, chance }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number nowrap">{percent(figure.value)}</td>
              <td className="number nowrap">{percentInterval(figure.low, figure.high)}</td>
              <td className="number nowrap">{percent(chance)}</td>
              <td className="nowrap">{more(figure, chance)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Area under the curve</th>
            <td className="number">{metric(auc.value)}</td>
            <td className="number nowrap">{interval(auc.low, auc.high)}</td>
            <td className="number">0.50</td>
            <td className="nowrap">{more(auc, 0.5)}</td>
          </tr>
        </tbody>
      </table>
      <p className={styles.about}>{`${method}, with ${plural(references, 'reference model')}. Somebody who has a picture asks whether it was in training; an average over all pictures hides how surely some are told, so the shares at few false alarms count.`}</p>
    </Card>
  );
}
