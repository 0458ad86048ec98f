import { useNavigate, useSearch } from '@tanstack/react-router';
import { AccessPage } from '@/features/access/AccessPage';

export function AccessRoute() {
  const search = useSearch({ from: '/inside/api-access' });
  const navigate = useNavigate({ from: '/api-access' });
  return <AccessPage view={search} onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })} />;
}
