import { useNavigate, useSearch } from '@tanstack/react-router';
import { BatchPage } from '@/features/portal/BatchPage';

export function BatchRoute() {
  const { service, batch } = useSearch({ from: '/inside/diagnose/batch' });
  const navigate = useNavigate({ from: '/diagnose/batch' });
  return (
    <BatchPage
      service={service}
      batch={batch}
      onService={(id) => void navigate({ search: { service: id }, replace: true })}
      onBatch={(id) => void navigate({ search: (before) => ({ ...before, batch: id }) })}
    />
  );
}
