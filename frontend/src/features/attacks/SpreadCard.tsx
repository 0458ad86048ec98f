import type { AuditDocument } from '@/api/documents';
import { ChartCard } from '@/charts/ChartCard';
import { Forest } from '@/charts/Forest';
import { LinkButton } from '@/ui/LinkButton';
import styles from './AttackAuditBody.module.css';
import { controlTable, type Measure, MEASURES, type Part, spreadForest } from './parts';

interface Props {
  document: AuditDocument;
  parts: Part[];
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  asTable: boolean;
  onTable: (shown: boolean) => void;
}

const ORDER: Measure[] = ['mse', 'psnr', 'ssim'];

/** How alike reconstructions are over all images: on average, for the most exposed twentieth, for the most exposed of all. */
export function SpreadCard({ document, parts, measure, onMeasure, asTable, onTable }: Props) {
  const { title, about, write, domain, ticks } = MEASURES[measure];
  const tabs = ORDER.map((one) => (
    <LinkButton key={one} pressed={one === measure} onClick={() => onMeasure(one)}>
      {MEASURES[one].tab}
    </LinkButton>
  ));
  return (
    <ChartCard title={title} name={title} {...controlTable(parts)} asTable={asTable} onTable={onTable} tabs={tabs}>
      <Forest
        label={title}
        groups={spreadForest(parts, measure)}
        domain={domain}
        ticks={ticks}
        format={write}
        reference={measure === 'mse' ? { value: document.references.mean_image, name: 'mean picture' } : undefined}
      />
      <p className={styles.key}>
        <span>● mean</span> <span>□ 5 % most exposed</span> <span>◇ most exposed of all</span>
      </p>
      <p className={styles.about}>{about} An average hides the one patient who was recovered; look at the diamonds.</p>
    </ChartCard>
  );
}
