import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '@/api/federations';
import { jobState } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Chip } from '@/ui/Chip';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { JobActions } from './JobActions';
import { LiveSign } from './LiveSign';
import { RunBody } from './RunBody';
import { RunSummary } from './RunSummary';
import { siteBook } from './siteBook';
import { useRun } from './useRun';
import type { RunSearch } from './search';

interface Props {
  id: string;
  view: RunSearch;
  onView: (change: RunSearch) => void;
}

export function RunPage({ id, view, onView }: Props) {
  const { run, live } = useRun(id);
  const job = run.data?.job;
  const sites = useQuery({ ...sitesQuery(job?.federation.id ?? ''), enabled: job !== undefined });
  const book = siteBook(sites.data ?? [], job?.roster ?? []);
  return (
    <Page
      title={job?.title ?? 'Job'}
      chips={
        job && (
          <>
            <StateChip look={jobState(job.state)} />
            <Chip tone={job.settings.aggregation.secure ? 'plain' : 'warn'}>
              {job.settings.aggregation.secure ? 'secure aggregation' : '! plain: the hub sees each update'}
            </Chip>
          </>
        )
      }
      actions={
        job && (
          <>
            <LiveSign state={live} />
            <JobActions job={job} />
          </>
        )
      }
      sub={run.data && <RunSummary view={run.data} />}
    >
      <Async what="this job" query={run} lines={10}>
        {(data) => <RunBody run={data} live={live} book={book} view={view} onView={onView} />}
      </Async>
    </Page>
  );
}
