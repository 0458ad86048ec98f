import { useNavigate, useParams } from '@tanstack/react-router';
import { ResultPage } from '@/features/portal/ResultPage';

export function ResultRoute() {
  const { diagnosis } = useParams({ from: '/inside/diagnose/result/$diagnosis' });
  const navigate = useNavigate();
  return <ResultPage key={diagnosis} id={diagnosis} onForgotten={() => void navigate({ to: '/diagnose/history' })} />;
}
