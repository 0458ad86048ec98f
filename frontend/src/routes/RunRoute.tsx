import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { RunPage } from '@/features/run/RunPage';

export function RunRoute() {
  const { job } = useParams({ from: '/inside/jobs/$job' });
  const view = useSearch({ from: '/inside/jobs/$job' });
  const navigate = useNavigate({ from: '/jobs/$job' });
  return (
    <RunPage
      key={job}
      id={job}
      view={view}
      onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })}
    />
  );
}
