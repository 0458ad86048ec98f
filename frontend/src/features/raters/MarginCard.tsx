import { NativeSelect } from '@mantine/core';
import type { Comparison } from '@/api/readings';
import { ChartCard } from '@/charts/ChartCard';
import { percent } from '@/lib/format';
import { MarginChart } from './MarginChart';
import { between, points, reference, verdict } from './pairs';
import styles from './Raters.module.css';

interface Props {
  comparison: Comparison;
  against: string | undefined;
  asTable: boolean;
  onAgainst: (name: string) => void;
  onTable: (table: boolean) => void;
}

const HEADER = ['rater', 'difference', 'low', 'high', 'verdict'];

/** Is each rater at most the stated margin worse than one of them? */
export function MarginCard({ comparison, against, asTable, onAgainst, onTable }: Props) {
  const chosen = reference(comparison, against);
  const { margin } = comparison;
  const rows = comparison.raters.flatMap(({ name }) => {
    const seen = between(comparison, name, chosen);
    return seen === null ? [] : [{ name, difference: seen.difference, verdict: margin === null ? null : verdict(seen.difference, margin) }];
  });
  const title = margin === null ? 'Difference in accuracy' : 'Non-inferiority';
  return (
    <ChartCard
      title={title}
      name={`${title} against ${chosen}`}
      header={HEADER}
      rows={rows.map(({ name, difference, verdict: said }) => [name, difference.value, difference.low, difference.high, said])}
      asTable={asTable}
      onTable={onTable}
      tabs={<NativeSelect aria-label="Compared with" value={chosen} data={comparison.raters.map(({ name }) => ({ value: name, label: `against ${name}` }))} onChange={({ currentTarget }) => onAgainst(currentTarget.value)} />}
    >
      <MarginChart comparison={comparison} rows={rows} margin={margin} against={chosen} />
      <p className={styles.note}>
        {margin === null
          ? 'No margin was stated beforehand, so nothing can be called non-inferior.'
          : `A rater is non-inferior to ${chosen} if its whole interval lies to the right of ${points(-margin)}: the margin of ${percent(margin)} was stated before anybody read. Pairs are not adjusted for how many there are.`}
      </p>
    </ChartCard>
  );
}
