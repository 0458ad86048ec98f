import type { LedgerEntry, StudyAccount } from '@/api/types';
import { accountsOf } from './accounts';
import { JobsCard } from './JobsCard';
import type { Looks } from './look';
import { ReservedCard } from './ReservedCard';
import { SpendingCard } from './SpendingCard';
import { SpentCard } from './SpentCard';

interface Props {
  entries: LedgerEntry[];
  standings: readonly StudyAccount[];
  quiet: { slug: string; name: string }[];
  looks: Looks;
  now: number;
  tables: readonly string[];
  onTables: (shown: string[]) => void;
}

export function LedgerBody({ entries, standings, quiet, looks, now, tables, onTables }: Props) {
  const accounts = accountsOf(entries, standings);
  const studies = [...new Set(accounts.map(({ study }) => study))];
  return (
    <>
      <SpentCard accounts={accounts} quiet={quiet} looks={looks} />
      <ReservedCard accounts={accounts} looks={looks} />
      {studies.map((study) => (
        <SpendingCard
          key={study}
          study={study}
          accounts={accounts.filter((account) => account.study === study)}
          looks={looks}
          now={now}
          asTable={tables.includes(study)}
          onTable={(shown) => onTables(shown ? [...tables, study] : tables.filter((one) => one !== study))}
        />
      ))}
      <JobsCard entries={entries} looks={looks} />
    </>
  );
}
