import { ChartCard } from '@/charts/ChartCard';
import { Forest } from '@/charts/Forest';
import { metric } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import type { ChartProps } from './chartProps';
import styles from './EvaluationBody.module.css';
import { behind, domainOf, forestTable, type Measure, subgroupForest } from './forests';
import { MeasureTabs } from './MeasureTabs';

interface Props extends ChartProps {
  measure: Measure;
  onMeasure: (measure: Measure) => void;
}

export function SubgroupsCard({ document, measure, onMeasure, asTable, onTable }: Props) {
  const groups = subgroupForest(document, measure);
  const whole = document[measure].value;
  const worse = behind(groups, whole);
  const few = document.smallest_cell;
  return (
    <ChartCard title="By subgroup" name={`${document.model.name} by subgroup`} {...forestTable(groups, measure)} asTable={asTable} onTable={onTable} tabs={<MeasureTabs measure={measure} onMeasure={onMeasure} />}>
      {groups.length === 0 ? (
        <Empty title="No subgroups were asked for">An evaluation says beforehand whether it tells age, sex and view apart.</Empty>
      ) : (
        <>
          <Forest label="By subgroup" groups={groups} {...domainOf(groups)} format={metric} reference={whole === null ? undefined : { value: whole, name: 'all' }} />
          <p className={styles.about}>
            {worse.length === 0 ? 'No group’s interval lies wholly below the value of all images.' : `Wholly below the value of all images: ${worse.join(', ')}. With so many groups one may be so by chance; look into it before you explain it.`}
            {few !== null && ` Groups of fewer than ${few} images are not shown, nor is one more where the hidden one could be found by subtraction: no single patient can be read off.`}
          </p>
        </>
      )}
    </ChartCard>
  );
}
