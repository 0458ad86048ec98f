import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { federationsQuery } from '@/api/federations';
import { accountsQuery, ledgerQuery } from '@/api/privacy';
import { compact } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { fits, silent } from './accounts';
import { GuaranteeCard } from './GuaranteeCard';
import { LedgerBody } from './LedgerBody';
import { LedgerFilters } from './LedgerFilters';
import { looksOf } from './look';
import type { LedgerSearch } from './search';

interface Props {
  search: LedgerSearch;
  onSearch: (search: LedgerSearch) => void;
}

/** What training has spent of the privacy of those whose images it learned from. */
export function LedgerPage({ search, onSearch }: Props) {
  const federations = useQuery(federationsQuery);
  const ledger = useQuery(ledgerQuery(search.federation));
  const standings = useQuery(accountsQuery(search.federation));
  const looks = useMemo(() => looksOf(federations.data ?? []), [federations.data]);
  const change = (part: LedgerSearch) => onSearch(compact({ ...search, ...part }));
  const chosen = ledger.data?.filter((entry) => fits(search, entry)) ?? [];
  const shown = (federations.data ?? []).filter(({ id }) => search.federation === undefined || id === search.federation);
  const quiet = silent(shown, ledger.data ?? []).filter(({ slug }) => search.site === undefined || slug === search.site);
  return (
    <Page title="Privacy ledger" sub="What training with differential privacy has spent at each site, study by study. It follows from the plans alone and says nothing about how many images a site has.">
      <LedgerFilters filter={search} federations={federations.data ?? []} entries={ledger.data ?? []} onChange={change} />
      <Async
        what="the privacy ledger"
        query={ledger}
        lines={10}
        empty={(entries) =>
          chosen.length === 0 && (
            <Card label="Ledger">
              {entries.length === 0 && search.federation === undefined ? (
                <Empty title="Nothing has been spent yet" action={<Link to="/jobs/new">New training job</Link>}>
                  A site reports here what each round of a job with differential privacy has spent.
                </Empty>
              ) : (
                <Empty title="Nothing in the ledger fits this filter" />
              )}
            </Card>
          )
        }
      >
        {() => <LedgerBody entries={chosen} standings={standings.data ?? []} quiet={quiet} looks={looks} now={ledger.dataUpdatedAt} tables={search.tables?.split('|') ?? []} onTables={(shown) => change({ tables: shown.join('|') || undefined })} />}
      </Async>
      <GuaranteeCard />
    </Page>
  );
}
