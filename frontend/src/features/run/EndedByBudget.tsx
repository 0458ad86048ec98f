import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { plural, sentence } from '@/lib/format';
import { Notice } from '@/ui/Notice';
import type { BudgetEnd } from './model/budget';
import type { SiteBook } from './siteBook';

interface Props {
  end: BudgetEnd;
  study: string;
  book: SiteBook;
}

/** Why there are fewer rounds than planned: a site has no more privacy to spend. */
export function EndedByBudget({ end: { site, rounds, reason }, study, book }: Props) {
  return (
    <Notice
      tone="warn"
      title={`Ended by the privacy budget of ${book(site).name}${rounds === null ? '' : ` after ${plural(rounds, 'round')}`}`}
      actions={<Button renderRoot={(props) => <Link to="/privacy-ledger" search={{ site, study }} {...props} />}>Its ledger</Button>}
    >
      {`${reason === null ? '' : `${sentence(reason)} `}The last model is kept, validated and tested.`}
    </Notice>
  );
}
