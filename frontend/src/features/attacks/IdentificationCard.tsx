import type { AuditDocument } from '@/api/documents';
import { ChartCard } from '@/charts/ChartCard';
import { Forest } from '@/charts/Forest';
import { count } from '@/lib/format';
import styles from './AttackAuditBody.module.css';
import { controlTable, identificationForest, type Part } from './parts';

interface Props {
  document: AuditDocument;
  parts: Part[];
  asTable: boolean;
  onTable: (shown: boolean) => void;
}

const TICKS = [0, 0.05, 0.25, 0.5, 1];
const whole = (value: number) => `${Math.round(value * 100)} %`;

/** How many pictures were found again among others of their class, with exact intervals, against guessing. */
export function IdentificationCard({ document, parts, asTable, onTable }: Props) {
  const { gallery } = document.plan;
  const title = `Found again among ${count(gallery)} of their class`;
  return (
    <ChartCard title={title} name="identification" {...controlTable(parts)} asTable={asTable} onTable={onTable}>
      <Forest label={title} groups={identificationForest(parts)} domain={[0, 1]} ticks={TICKS} format={whole} reference={{ value: 1 / gallery, name: 'chance' }} root />
      <p className={styles.about}>
        A picture is found when its own reconstruction is nearer to it than to every other picture. Intervals are Clopper and Pearson’s, 95 %; where one includes chance, guessing does as well. The axis is spread at its lower end.
      </p>
    </ChartCard>
  );
}
