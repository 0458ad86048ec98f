import type { EvaluationDocument } from '@/api/documents';
import { toCsv } from '@/lib/csv';
import { downloadText, fileName } from '@/lib/download';
import { Card } from '@/ui/Card';
import { LinkButton } from '@/ui/LinkButton';
import styles from './EvaluationBody.module.css';
import { headline } from './headline';

/** Every figure of the whole, with its interval and the method behind it. */
export function HeadlineCard({ document }: { document: EvaluationDocument }) {
  const rows = headline(document);
  const save = () => {
    const named = rows.map((row, index) => [row.name || rows.slice(0, index).findLast(({ name }) => name !== '')?.name, row.about, row.value, row.interval, row.method]);
    downloadText(fileName(`${document.model.name} figures`, '.csv'), toCsv(['figure', 'what it says', 'value', '95 % interval', 'method'], named));
  };
  return (
    <Card
      title="Figures"
      actions={
        <LinkButton label="Figures as CSV" onClick={save}>
          CSV
        </LinkButton>
      }
    >
      <table className={styles.figures}>
        <caption className="visually-hidden">Figures with intervals and methods</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">What it says</th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col" className="number">
              95 % interval
            </th>
            <th scope="col">Method</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, about, value, interval, method }) => (
            <tr key={`${name} ${about}`} data-again={name === ''}>
              <th scope="row" className="nowrap">{name}</th>
              <td className="dim">{about}</td>
              <td className="number nowrap">{value}</td>
              <td className="number nowrap">{interval ?? ''}</td>
              <td className="nowrap">{method}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
