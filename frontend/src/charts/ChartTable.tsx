import type { Cell } from '@/lib/csv';
import styles from './ChartTable.module.css';

interface Props {
  caption: string;
  header: string[];
  rows: Cell[][];
}

const write = (cell: Cell) => (cell == null ? '–' : typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(3) : String(cell));

export function ChartTable({ caption, header, rows }: Props) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={`${caption}, as a table`}>
      <table>
        <thead>
          <tr>
            {header.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={`${at} ${String(row[0])}`}>
              {row.map((cell, index) => (
                <td key={header[index]} className="number">
                  {write(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
