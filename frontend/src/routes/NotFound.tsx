import { Link } from '@tanstack/react-router';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';

export function NotFound() {
  return (
    <Page title="No such page">
      <Empty title="Nothing is at this address" action={<Link to="/">To the portfolio</Link>}>
        The link may be old, or a letter of it is missing.
      </Empty>
    </Page>
  );
}
