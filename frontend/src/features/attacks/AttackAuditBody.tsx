import type { AttackAuditDetail } from '@/api/evidence';
import styles from './AttackAuditBody.module.css';
import { ControlsCard } from './ControlsCard';
import { HowToRead } from './HowToRead';
import { IdentificationCard } from './IdentificationCard';
import { MembershipCard } from './MembershipCard';
import { partsOf } from './parts';
import { PicturesCard } from './PicturesCard';
import type { AttackSearch } from './search';
import { SettingsCard } from './SettingsCard';
import { SpreadCard } from './SpreadCard';
import { TestsCard } from './TestsCard';
import { VerdictCard } from './VerdictCard';

interface Props {
  audit: AttackAuditDetail;
  view: AttackSearch;
  onView: (change: AttackSearch) => void;
}

export function AttackAuditBody({ audit, view, onView }: Props) {
  const { document, demonstration, demonstration_state: state, demonstration_reason: reason } = audit;
  const parts = partsOf(document);
  const tables = view.tables?.split(' ') ?? [];
  const table = (name: string) => ({
    asTable: tables.includes(name),
    onTable: (wanted: boolean) => {
      const names = wanted ? [...tables, name] : tables.filter((one) => one !== name);
      onView({ tables: names.length === 0 ? undefined : names.join(' ') });
    },
  });
  return (
    <>
      <VerdictCard document={document} parts={parts} />
      <div className={styles.columns}>
        <IdentificationCard document={document} parts={parts} {...table('found')} />
        <SpreadCard document={document} parts={parts} measure={view.measure ?? 'mse'} onMeasure={(measure) => onView({ measure: measure === 'mse' ? undefined : measure })} {...table('spread')} />
      </div>
      <ControlsCard document={document} parts={parts} />
      <PicturesCard document={demonstration ?? document} state={state} reason={reason} />
      <div className={styles.columns}>
        <MembershipCard membership={document.membership} />
        <TestsCard tests={document.tests} />
        <SettingsCard document={document} />
        <HowToRead />
      </div>
    </>
  );
}
