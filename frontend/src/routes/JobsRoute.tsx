import { useNavigate, useSearch } from '@tanstack/react-router';
import { JobsPage } from '@/features/jobs/JobsPage';

export function JobsRoute() {
  const search = useSearch({ from: '/inside/jobs' });
  const navigate = useNavigate({ from: '/jobs' });
  return <JobsPage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
