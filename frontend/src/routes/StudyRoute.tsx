import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { StudyPage } from '@/features/raters/StudyPage';

export function StudyRoute() {
  const { study } = useParams({ from: '/inside/reader-studies/$study' });
  const view = useSearch({ from: '/inside/reader-studies/$study' });
  const navigate = useNavigate({ from: '/reader-studies/$study' });
  return (
    <StudyPage key={study} id={study} view={view} onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })} />
  );
}
