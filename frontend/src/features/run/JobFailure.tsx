import type { Failure } from '@/api/types';
import { FailurePanel } from '@/ui/FailurePanel';
import type { SiteBook } from './siteBook';

interface Props {
  failure: Failure;
  book: SiteBook;
}

/** Which site, in which phase, why, and what to do next. */
export function JobFailure({ failure, book }: Props) {
  const { site, phase, reason, next_step: next } = failure;
  return (
    <FailurePanel
      title="This job failed"
      where={site === null ? 'at the hub' : book(site).name}
      phase={phase}
      why={reason}
      next={next === undefined || next === '' ? 'See the event log below for what came before.' : next}
    />
  );
}
