import type { AuditDocument } from '@/api/documents';
import { toCsv } from '@/lib/csv';
import { downloadText } from '@/lib/download';
import { count, percentInterval } from '@/lib/format';
import { Card } from '@/ui/Card';
import { LinkButton } from '@/ui/LinkButton';
import styles from './ControlsCard.module.css';
import { CONTROLS, setting } from './names';
import { against, controlTable, MEASURES, type Part } from './parts';

interface Props {
  document: AuditDocument;
  parts: Part[];
}

/** The attack beside its controls, view by view: a figure of an attack alone can be read either way. */
export function ControlsCard({ document, parts }: Props) {
  const save = () => {
    const { header, rows } = controlTable(parts);
    downloadText('attack-audit.csv', toCsv(header, rows));
  };
  return (
    <Card
      title="The attack beside its controls"
      actions={
        <LinkButton label="Attack and controls as CSV" onClick={save}>
          CSV
        </LinkButton>
      }
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Rows by view">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Guess</th>
              <th scope="col" className="number">Images</th>
              <th scope="col" className="number">Error: mean, 5 %, worst</th>
              <th scope="col" className="number">PSNR, dB: mean, 5 %, worst</th>
              <th scope="col" className="number">SSIM: mean, 5 %, worst</th>
              <th scope="col" className="number">Found among {count(document.plan.gallery)}</th>
              <th scope="col">95 % interval</th>
            </tr>
          </thead>
          {parts.map(({ id, name, figures }) => (
            <tbody key={id}>
              <tr>
                <th scope="rowgroup" colSpan={7} className={styles.head}>
                  <b>{name}</b> <span className="dim">{`${setting(figures)}; classes given away: ${figures.labels.right} of ${figures.labels.images}`}</span>
                </th>
              </tr>
              {figures.rows.map((row) => (
                <tr key={row.control} data-control={row.control}>
                  <th scope="row">
                    {CONTROLS[row.control].name} <span className="dim">{CONTROLS[row.control].about}</span>
                  </th>
                  <td className="number">{count(row.n)}</td>
                  {(['mse', 'psnr', 'ssim'] as const).map((measure) => (
                    <td key={measure} className="number nowrap">
                      {MEASURES[measure].write(row[measure].mean)} <span className="dim">{`${MEASURES[measure].write(row[measure].p5)} ${MEASURES[measure].write(row[measure].worst)}`}</span>
                    </td>
                  ))}
                  <td className="number nowrap">{`${row.identification.hits} of ${row.identification.trials}`}</td>
                  <td>
                    <span className="nowrap">{percentInterval(row.identification.low, row.identification.high)}</span> <span className="dim nowrap">{against(row.identification)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </Card>
  );
}
