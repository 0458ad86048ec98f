import { useNavigate, useSearch } from '@tanstack/react-router';
import { BuilderPage } from '@/features/builder/BuilderPage';

export function NewJobRoute() {
  const { federation } = useSearch({ from: '/inside/jobs/new' });
  const navigate = useNavigate({ from: '/jobs/new' });
  return (
    <BuilderPage
      federation={federation}
      onFederation={(id) => void navigate({ search: { federation: id }, replace: true })}
      onCreated={(job) => void navigate({ to: '/jobs/$job', params: { job } })}
    />
  );
}
