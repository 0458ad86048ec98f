import { count, percent } from '@/lib/format';
import styles from './ConfusionMatrix.module.css';

interface Props {
  names: string[];
  confusion: number[][];
}

/** Counts with their share of the row; depth of colour follows the share, the number says it. */
export function ConfusionMatrix({ names, confusion }: Props) {
  return (
    <table className={styles.matrix}>
      <caption className="visually-hidden">Confusion matrix: rows are the true class, columns what the model said</caption>
      <thead>
        <tr>
          <td />
          <th scope="colgroup" colSpan={names.length}>
            model says
          </th>
        </tr>
        <tr>
          <th scope="col">truly</th>
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {confusion.map((row, index) => {
          const all = row.reduce((sum, one) => sum + one, 0);
          return (
            <tr key={names[index]}>
              <th scope="row">{names[index]}</th>
              {row.map((cell, said) => {
                const share = all === 0 ? 0 : cell / all;
                return (
                  <td key={names[said]} data-hit={said === index} style={{ backgroundColor: `color-mix(in srgb, var(--heat) ${Math.round(share * 30)}%, var(--card))` }}>
                    {count(cell)}
                    <small>{percent(share)}</small>
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
