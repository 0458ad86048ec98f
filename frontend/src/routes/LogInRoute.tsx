import { useRouter, useSearch } from '@tanstack/react-router';
import { LogInPage } from '@/features/session/LogInPage';

/** Only a path of this origin is followed after logging in. */
function inside(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/log-in') ? next : '/';
}

export function LogInRoute() {
  const { next } = useSearch({ from: '/log-in' });
  const router = useRouter();
  return (
    <LogInPage
      onLoggedIn={() => {
        router.history.push(inside(next));
      }}
    />
  );
}
