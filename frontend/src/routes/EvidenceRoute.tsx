import { useNavigate, useSearch } from '@tanstack/react-router';
import { EvidencePage } from '@/features/evidence/EvidencePage';

export function EvidenceRoute() {
  const search = useSearch({ from: '/inside/evidence' });
  const navigate = useNavigate({ from: '/evidence' });
  return <EvidencePage filter={search} onFilter={(filter) => void navigate({ search: filter, replace: true })} />;
}
