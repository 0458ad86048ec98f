import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { OperationsPage } from '@/features/operations/OperationsPage';

export function OperationsRoute() {
  const { service } = useParams({ from: '/inside/services/$service/operations' });
  const { tables } = useSearch({ from: '/inside/services/$service/operations' });
  const navigate = useNavigate({ from: '/services/$service/operations' });
  return (
    <OperationsPage
      key={service}
      id={service}
      tables={tables?.split(' ') ?? []}
      onTables={(shown) => void navigate({ search: shown.length === 0 ? {} : { tables: shown.join(' ') }, replace: true, resetScroll: false })}
    />
  );
}
