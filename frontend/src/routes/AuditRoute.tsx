import { useNavigate, useSearch } from '@tanstack/react-router';
import { AuditPage } from '@/features/audit/AuditPage';

export function AuditRoute() {
  const search = useSearch({ from: '/inside/audit' });
  const navigate = useNavigate({ from: '/audit' });
  return <AuditPage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
