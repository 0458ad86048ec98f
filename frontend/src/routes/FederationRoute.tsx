import { useParams } from '@tanstack/react-router';
import { FederationPage } from '@/features/federation/FederationPage';

export function FederationRoute() {
  const { federation } = useParams({ from: '/inside/federations/$federation' });
  return <FederationPage id={federation} />;
}
