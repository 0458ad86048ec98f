import { useParams } from '@tanstack/react-router';
import { ServicePage } from '@/features/services/ServicePage';

export function ServiceRoute() {
  const { service } = useParams({ from: '/inside/services/$service' });
  return <ServicePage key={service} id={service} />;
}
