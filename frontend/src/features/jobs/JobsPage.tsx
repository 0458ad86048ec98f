import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type JobFilter, jobsQuery } from '@/api/jobs';
import { isFiltered } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { JobFilters } from './JobFilters';
import { JobTable } from './JobTable';

interface Props {
  filter: JobFilter;
  onFilter: (filter: JobFilter) => void;
}

export function JobsPage({ filter, onFilter }: Props) {
  const jobs = useInfiniteQuery(jobsQuery(filter));
  const filtered = isFiltered(filter);
  return (
    <Page
      title="Jobs"
      actions={
        <Button variant="filled" renderRoot={(props) => <Link to="/jobs/new" search={{ ...(filter.federation !== undefined && { federation: filter.federation }) }} {...props} />}>
          New training job
        </Button>
      }
    >
      <JobFilters filter={filter} onFilter={onFilter} />
      <Card label="Jobs">
        <Async
          what="jobs"
          query={jobs}
          lines={6}
          empty={({ pages }) =>
            pages.every(({ results }) => results.length === 0) &&
            (filtered ? (
              <Empty title="No job fits this filter" action={<Button onClick={() => onFilter({})}>Show all jobs</Button>} />
            ) : (
              <Empty title="No jobs yet" action={<Link to="/jobs/new">Describe the first one</Link>}>
                A job says what the sites train together. It starts when every site has signed it.
              </Empty>
            ))
          }
        >
          {({ pages }) => <JobTable jobs={pages.flatMap(({ results }) => results)} />}
        </Async>
      </Card>
      {jobs.hasNextPage && (
        <div>
          <Button loading={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
            Older jobs
          </Button>
        </div>
      )}
    </Page>
  );
}
