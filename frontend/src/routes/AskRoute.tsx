import { useNavigate, useParams } from '@tanstack/react-router';
import { AskPage } from '@/features/portal/AskPage';

export function AskRoute() {
  const { service } = useParams({ from: '/inside/diagnose/$service' });
  const navigate = useNavigate();
  return <AskPage key={service} id={service} onSent={(diagnosis) => void navigate({ to: '/diagnose/result/$diagnosis', params: { diagnosis } })} />;
}
