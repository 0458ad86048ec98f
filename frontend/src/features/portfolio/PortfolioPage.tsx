import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { jobsQuery } from '@/api/jobs';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { FederationTable } from './FederationTable';
import { RunningJobs } from './RunningJobs';

export function PortfolioPage() {
  const federations = useQuery(federationsQuery);
  const jobs = useInfiniteQuery(jobsQuery({}));
  return (
    <Page title="Portfolio" sub="Your federations, and what runs in them now.">
      <Card title="Federations">
        <Async
          what="federations"
          query={federations}
          empty={(rows) =>
            rows.length === 0 && (
              <Empty title="You belong to no federation yet">A coordinator adds members; a site joins with an enrolment token.</Empty>
            )
          }
        >
          {(rows) => <FederationTable federations={rows} />}
        </Async>
      </Card>
      <Card title="Jobs" actions={<Link to="/jobs">all jobs</Link>}>
        <Async
          what="jobs"
          query={jobs}
          empty={({ pages }) =>
            pages[0]?.results.length === 0 && (
              <Empty title="No jobs yet" action={<Link to="/jobs/new">New training job</Link>}>
                What the sites train together will stand here, with its curve.
              </Empty>
            )
          }
        >
          {({ pages }) => <RunningJobs jobs={pages[0]?.results ?? []} />}
        </Async>
      </Card>
    </Page>
  );
}
