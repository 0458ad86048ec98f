import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { EvaluationPage } from '@/features/evidence/EvaluationPage';

export function EvaluationRoute() {
  const { evaluation } = useParams({ from: '/inside/evaluations/$evaluation' });
  const view = useSearch({ from: '/inside/evaluations/$evaluation' });
  const navigate = useNavigate({ from: '/evaluations/$evaluation' });
  return <EvaluationPage key={evaluation} id={evaluation} view={view} onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })} />;
}
