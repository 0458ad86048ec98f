import type { EvaluationDocument } from '@/api/documents';
import { Notice } from '@/ui/Notice';
import { ClassCard } from './ClassCard';
import { DecisionCard } from './DecisionCard';
import styles from './EvaluationBody.module.css';
import { EvaluationTiles } from './EvaluationTiles';
import { HeadlineCard } from './HeadlineCard';
import { MatrixCard } from './MatrixCard';
import { MethodsCard } from './MethodsCard';
import { ReliabilityCard } from './ReliabilityCard';
import { RocCard } from './RocCard';
import { ReportLinks } from './ReportLinks';
import type { EvaluationSearch } from './search';
import { SitesCard } from './SitesCard';
import { SubgroupsCard } from './SubgroupsCard';

interface Props {
  document: EvaluationDocument;
  federation: string;
  model: string;
  view: EvaluationSearch;
  onView: (change: EvaluationSearch) => void;
}

export function EvaluationBody({ document, federation, model, view, onView }: Props) {
  const shown = view.tables?.split(' ') ?? [];
  const table = (name: string) => ({
    asTable: shown.includes(name),
    onTable: (wanted: boolean) => {
      const names = wanted ? [...shown, name] : shown.filter((one) => one !== name);
      onView({ tables: names.length === 0 ? undefined : names.join(' ') });
    },
  });
  const measure = view.measure ?? 'accuracy';
  const rows = { measure, onMeasure: (wanted: 'accuracy' | 'mcc') => onView({ measure: wanted === 'mcc' ? 'mcc' : undefined }) } as const;
  return (
    <>
      {document.split !== 'test' && (
        <Notice tone="warn" title="These images took part in choosing the model">
          {`The figures are of ${document.split} images, so they flatter. Only images that were used for nothing else say what the model is worth.`}
        </Notice>
      )}
      <EvaluationTiles document={document} />
      <div className={styles.head}>
        <HeadlineCard document={document} />
        <MatrixCard document={document} />
      </div>
      <ClassCard document={document} />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <RocCard document={document} {...table('roc')} />
          <DecisionCard document={document} shown={view.class} onShown={(name) => onView({ class: name })} {...table('decision')} />
          {document.sites.length > 0 && <SitesCard document={document} federation={federation} {...rows} {...table('sites')} />}
          <ReportLinks model={model} />
        </div>
        <div className={styles.stack}>
          <ReliabilityCard document={document} {...table('reliability')} />
          <SubgroupsCard document={document} {...rows} {...table('subgroups')} />
          <MethodsCard document={document} />
        </div>
      </div>
    </>
  );
}
