import { useId, type ReactNode } from 'react';
import styles from './ChoiceTable.module.css';

export interface Choice {
  value: string;
  name: string;
  about: string;
  cells?: ReactNode[];
}

interface Props {
  legend: string;
  header?: string[];
  choices: Choice[];
  value: string;
  onChange: (value: string) => void;
}

/** One of a few, each with what it means and its numbers beside it. Arrow keys move, as in any group of radio buttons. */
export function ChoiceTable({ legend, header = [], choices, value, onChange }: Props) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className="visually-hidden">{legend}</legend>
      <div className={styles.scroll}>
        <table>
          {header.length > 0 && (
            <thead>
              <tr>
                <td />
                {header.map((one) => (
                  <th key={one} scope="col" className={`number ${styles.number}`}>
                    {one}
                  </th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>
            {choices.map((choice) => (
              <tr key={choice.value} data-chosen={choice.value === value}>
                <td>
                  <label className={styles.choice}>
                    <input type="radio" name={name} value={choice.value} checked={choice.value === value} onChange={() => onChange(choice.value)} />
                    <b>{choice.name}</b>{' '}
                    <small>{choice.about}</small>
                  </label>
                </td>
                {choice.cells?.map((cell, index) => (
                  <td key={header[index]} className={`number ${styles.number}`}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </fieldset>
  );
}
