import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '@/api/federations';
import { ChartCard } from '@/charts/ChartCard';
import { Forest } from '@/charts/Forest';
import { metric } from '@/lib/format';
import type { ChartProps } from './chartProps';
import styles from './EvaluationBody.module.css';
import { domainOf, forestTable, type Measure, siteForest } from './forests';
import { MeasureTabs } from './MeasureTabs';

interface Props extends ChartProps {
  federation: string;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
}

export function SitesCard({ document, federation, measure, onMeasure, asTable, onTable }: Props) {
  const sites = useQuery(sitesQuery(federation));
  const look = (slug: string) => sites.data?.find((site) => site.slug === slug) ?? { name: slug, colour: null };
  const groups = siteForest(document, measure, look);
  const whole = document[measure].value;
  return (
    <ChartCard title="By site" name={`${document.model.name} by site`} {...forestTable(groups, measure)} asTable={asTable} onTable={onTable} tabs={<MeasureTabs measure={measure} onMeasure={onMeasure} />}>
      <Forest label="By site" groups={groups} {...domainOf(groups)} format={metric} reference={whole === null ? undefined : { value: whole, name: 'all' }} />
      <p className={styles.about}>Each site allowed that its own figures be shown. Sites differ in patients and machines, not only in how well the model does; areas of the marks follow the number of images.</p>
    </ChartCard>
  );
}
