import { Page } from '@/ui/Page';
import { ExamplesCard } from './ExamplesCard';
import type { AccessSearch } from './examples';
import { TokensCard } from './TokensCard';
import { WebhooksCard } from './WebhooksCard';

interface Props {
  view: AccessSearch;
  onView: (change: AccessSearch) => void;
}

export function AccessPage({ view, onView }: Props) {
  return (
    <Page
      title="API access"
      sub="For programs that act in your name. A token does what its scopes say, and never more than you may."
      actions={
        <>
          <a href="/api/v1/docs">API pages</a>
          <a href="/api/v1/schema" download="primia-openapi.yaml">
            OpenAPI file
          </a>
        </>
      }
    >
      <TokensCard />
      <ExamplesCard view={view} onView={onView} />
      <WebhooksCard />
    </Page>
  );
}
