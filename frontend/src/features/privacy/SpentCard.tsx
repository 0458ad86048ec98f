import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import { epsilon, percent, smallChance } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { DataTable } from '@/ui/DataTable';
import { SiteName } from '@/ui/SiteName';
import { type Account, mostFound, outOf100, roomOf } from './accounts';
import type { Looks } from './look';
import { SpentBar } from './SpentBar';
import styles from './SpentCard.module.css';

interface Props {
  accounts: Account[];
  /** Sites that have told nothing. */
  quiet: { slug: string; name: string }[];
  looks: Looks;
}

const column = createColumnHelper<Account>();
const ALARMS = 0.01;

const reservedText = ({ reserved }: Account) => (reserved !== null && reserved > 0 ? `, ${epsilon(reserved)} reserved` : '');
const budgetText = ({ spent, budget }: Account) => `${percent(spent / budget)} of ${epsilon(budget)}`;

/** What each study has spent at each site, on one scale. */
export function SpentCard({ accounts, quiet, looks }: Props) {
  const largest = Math.max(1, ...accounts.map(({ spent, reserved, budget }) => Math.max(spent + (reserved ?? 0), budget)));
  const columns = useMemo(
    () => [
      column.display({
        id: 'site',
        header: 'Site and study',
        cell: ({ row: { original: one } }) => <SiteName name={one.site.name} colour={looks(one.federation, one.site.slug).colour} note={one.study} />,
      }),
      column.display({
        id: 'bar',
        header: 'Spent, reserved, and the site’s budget',
        meta: { wide: true },
        cell: ({ row: { original: one } }) => (
          <SpentBar label={`ε ${epsilon(one.spent)}, ${budgetText(one)}${reservedText(one)}`} spent={one.spent} reserved={one.reserved ?? 0} budget={one.budget} largest={largest} colour={looks(one.federation, one.site.slug).style.colour} />
        ),
      }),
      column.display({
        id: 'spent',
        header: 'ε spent',
        meta: { number: true },
        cell: ({ row: { original: one } }) => (
          <>
            <b>{epsilon(one.spent)}</b>
            <div className="dim nowrap">at δ {smallChance(one.delta)}</div>
            {one.reserved !== null && one.reserved > 0 && <div className="dim nowrap">+ {epsilon(one.reserved)} reserved</div>}
          </>
        ),
      }),
      column.display({
        id: 'budget',
        header: 'Of its budget',
        cell: ({ row: { original: one } }) => {
          const room = roomOf(one);
          return (
            <>
              <span className="nowrap">{budgetText(one)}</span>
              {room === 'little' && <div><Chip tone="warn">! nearly used up</Chip></div>}
              {room === 'none' && <div><Chip tone="bad">✕ used up</Chip></div>}
            </>
          );
        },
      }),
      column.display({
        id: 'found',
        header: 'Any attacker finds at most',
        cell: ({ row: { original: one } }) => (
          <>
            <span className="nowrap">{outOf100(mostFound(one.spent, one.delta, ALARMS))} of 100 members</span>
            <div className="dim">if wrong about 1 of 100 others</div>
          </>
        ),
      }),
    ],
    [looks, largest],
  );
  return (
    <Card title="Spent at each site">
      <DataTable caption="What each study has spent at each site" rows={accounts} columns={columns} rowKey={({ id }) => id} />
      {quiet.length > 0 && <p className={`dim ${styles.quiet ?? ''}`}>No budget published by {quiet.map(({ name }) => name).join(', ')}: a site may keep its ledger to itself, and counts and stops all the same.</p>}
    </Card>
  );
}
