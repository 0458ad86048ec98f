import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { AttackAuditPage } from '@/features/attacks/AttackAuditPage';

export function AttackAuditRoute() {
  const { audit } = useParams({ from: '/inside/attack-audits/$audit' });
  const view = useSearch({ from: '/inside/attack-audits/$audit' });
  const navigate = useNavigate({ from: '/attack-audits/$audit' });
  return <AttackAuditPage key={audit} id={audit} view={view} onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })} />;
}
