import { useNavigate, useSearch } from '@tanstack/react-router';
import { StudiesPage } from '@/features/raters/StudiesPage';

export function StudiesRoute() {
  const search = useSearch({ from: '/inside/reader-studies' });
  const navigate = useNavigate({ from: '/reader-studies' });
  return <StudiesPage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
