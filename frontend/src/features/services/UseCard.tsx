import { Link } from '@tanstack/react-router';
import type { ServiceDetail } from '@/api/types';
import { Card } from '@/ui/Card';
import { CopyText } from '@/ui/CopyText';

/** What somebody types who wants to ask it without this page. */
export function UseCard({ service }: { service: ServiceDetail }) {
  const address = `${window.location.origin}/services/${service.id}`;
  return (
    <Card title="Ask it from elsewhere" actions={<Link to="/api-access">tokens and more examples</Link>}>
      <CopyText label="Command that asks this service" text={`primia diagnose IMAGE --service ${address}`} />
    </Card>
  );
}
