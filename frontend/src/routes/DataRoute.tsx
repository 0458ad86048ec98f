import { useNavigate, useSearch } from '@tanstack/react-router';
import { DataPage } from '@/features/datasets/DataPage';

export function DataRoute() {
  const search = useSearch({ from: '/inside/data' });
  const navigate = useNavigate({ from: '/data' });
  return <DataPage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
