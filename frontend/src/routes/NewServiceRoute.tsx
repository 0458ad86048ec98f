import { useNavigate, useSearch } from '@tanstack/react-router';
import { PublishPage } from '@/features/publishing/PublishPage';

export function NewServiceRoute() {
  const { model } = useSearch({ from: '/inside/services/new' });
  const navigate = useNavigate({ from: '/services/new' });
  return (
    <PublishPage
      model={model}
      onModel={(id) => void navigate({ search: { model: id }, replace: true })}
      onPublished={(service) => void navigate({ to: '/services/$service', params: { service } })}
    />
  );
}
