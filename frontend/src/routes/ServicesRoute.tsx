import { useNavigate, useSearch } from '@tanstack/react-router';
import { ServicesPage } from '@/features/services/ServicesPage';

export function ServicesRoute() {
  const search = useSearch({ from: '/inside/services' });
  const navigate = useNavigate({ from: '/services' });
  return <ServicesPage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
