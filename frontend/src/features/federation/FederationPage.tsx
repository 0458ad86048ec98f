import { useQuery } from '@tanstack/react-query';
import { federationQuery, sitesQuery } from '@/api/federations';
import { plural } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { Enrol } from './Enrol';
import { SiteTable } from './SiteTable';

export function FederationPage({ id }: { id: string }) {
  const federation = useQuery(federationQuery(id));
  const sites = useQuery(sitesQuery(id));
  return (
    <Page
      title={federation.data?.name ?? 'Federation'}
      sub={federation.data && `A sum is opened only when at least ${plural(federation.data.min_survivors, 'site')} are in it.`}
    >
      <Card title="Sites">
        <Async
          what="this federation's sites"
          query={sites}
          empty={(rows) => rows.length === 0 && <Empty title="No sites yet">Enrol the first one below.</Empty>}
        >
          {(rows) => <SiteTable federation={id} sites={rows} />}
        </Async>
      </Card>
      {federation.data !== undefined && <Enrol federation={id} />}
    </Page>
  );
}
