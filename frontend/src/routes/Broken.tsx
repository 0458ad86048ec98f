import { useRouter } from '@tanstack/react-router';
import { Page } from '@/ui/Page';
import { Problem } from '@/ui/Problem';

export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Page title="This page could not be shown">
      <Problem what="this page" error={error} onRetry={() => void router.invalidate()} />
    </Page>
  );
}
