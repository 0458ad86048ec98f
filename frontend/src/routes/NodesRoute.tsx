import { useNavigate, useSearch } from '@tanstack/react-router';
import { NodesPage } from '@/features/nodes/NodesPage';

export function NodesRoute() {
  const { federation } = useSearch({ from: '/inside/nodes' });
  const navigate = useNavigate({ from: '/nodes' });
  return <NodesPage federation={federation} onFederation={(id) => void navigate({ search: { federation: id }, replace: true })} />;
}
