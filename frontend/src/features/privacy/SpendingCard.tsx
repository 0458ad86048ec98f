import { ChartCard } from '@/charts/ChartCard';
import { SpendingChart } from '@/charts/SpendingChart';
import type { Account } from './accounts';
import type { Looks } from './look';
import { spendingOf } from './spending';

interface Props {
  study: string;
  accounts: Account[];
  looks: Looks;
  now: number;
  asTable: boolean;
  onTable: (shown: boolean) => void;
}

/** How one study has spent its budgets over time: each step is a job. */
export function SpendingCard({ study, accounts, looks, now, asTable, onTable }: Props) {
  const { header, rows, ...chart } = spendingOf(accounts, now, looks);
  const title = `Spent over time: ${study}`;
  return (
    <ChartCard title={title} name={title} header={header} rows={rows} asTable={asTable} onTable={onTable}>
      <SpendingChart label={title} yName="ε of all jobs so far" {...chart} />
    </ChartCard>
  );
}
