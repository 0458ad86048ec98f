import { Button } from '@mantine/core';
import { ApiError, isForbidden } from '@/lib/problem';
import { Notice } from './Notice';

interface Props {
  what: string;
  error: unknown;
  onRetry?: () => void;
}

/** Why a screen cannot show its content: nobody is logged in, it may not be seen, or something failed. */
export function Problem({ what, error, onRetry }: Props) {
  if (error instanceof ApiError && error.status === 401) {
    return (
      <Notice tone="warn" role="alert" title="You are no longer logged in" actions={<a href={`/log-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`}>Log in</a>}>
        Your session has ended. After logging in you come back here.
      </Notice>
    );
  }
  if (isForbidden(error)) {
    return (
      <Notice tone="warn" role="alert" title={`You may not see ${what}, or it does not exist`}>
        Your memberships decide what you see; a coordinator of the federation can change them.
      </Notice>
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Notice tone="bad" role="alert" title={`Could not load ${what}`} actions={onRetry && <Button onClick={onRetry}>Try again</Button>}>
      {message}
    </Notice>
  );
}
