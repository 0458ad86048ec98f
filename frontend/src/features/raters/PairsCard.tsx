import { SegmentedControl } from '@mantine/core';
import type { Comparison } from '@/api/readings';
import { metric } from '@/lib/format';
import { oneOf } from '@/lib/search';
import { Card } from '@/ui/Card';
import { between, points, pValue, type Seen } from './pairs';
import styles from './Raters.module.css';

type Shown = 'difference' | 'p' | 'kappa';

interface Props {
  comparison: Comparison;
  shown: Shown;
  /** Undefined is what is shown unless something else is asked for. */
  onShown: (shown: Exclude<Shown, 'difference'> | undefined) => void;
}

const MEASURES: { value: Shown; label: string; about: string }[] = [
  { value: 'difference', label: 'Difference', about: 'Accuracy of the row less that of the column, with Newcombe’s paired interval, and the cases that each alone had right.' },
  { value: 'p', label: 'McNemar', about: 'McNemar’s exact p, and below it adjusted by Holm for the number of pairs.' },
  { value: 'kappa', label: 'Agreement', about: 'Cohen’s kappa of the two with each other; below it weighted by distance, linear and quadratic, in the order of the classes.' },
];

function cell({ pair, difference, alone }: Seen, shown: Shown): [string, string] {
  switch (shown) {
    case 'difference':
      return [points(difference.value), `${points(difference.low)} to ${points(difference.high)}; ${alone[0]} : ${alone[1]}`];
    case 'p':
      return [pValue(pair.exact_p), `Holm ${pValue(pair.holm_p)}`];
    case 'kappa':
      return [metric(pair.kappa), `${metric(pair.kappa_linear)}, ${metric(pair.kappa_quadratic)}`];
  }
}

/** Every rater with every other. */
export function PairsCard({ comparison, shown, onShown }: Props) {
  const names = comparison.raters.map(({ name }) => name);
  const measure = MEASURES.find(({ value }) => value === shown);
  return (
    <Card title="Every pair" actions={<SegmentedControl aria-label="What is shown of every pair" value={shown} data={MEASURES.map(({ value, label }) => ({ value, label }))} onChange={(value) => onShown(oneOf(['p', 'kappa'], value))} />}>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={`Every pair: ${measure?.label ?? ''}`}>
        <table className={styles.matrix}>
          <thead>
            <tr>
              <td />
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((row) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {names.map((other) => {
                  const seen = between(comparison, row, other);
                  if (seen === null) return <td key={other} data-self="true">·</td>;
                  const [value, note] = cell(seen, shown);
                  return (
                    <td key={other}>
                      {value}
                      <small>{note}</small>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>{measure?.about}</p>
    </Card>
  );
}
