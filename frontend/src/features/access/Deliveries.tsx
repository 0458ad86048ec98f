import { useQuery } from '@tanstack/react-query';
import { deliveriesQuery } from '@/api/access';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { DeliveryTable } from './DeliveryTable';

export function Deliveries({ webhook }: { webhook: string }) {
  const deliveries = useQuery(deliveriesQuery(webhook));
  return (
    <Async what="what was sent" query={deliveries} lines={2} empty={(rows) => rows.length === 0 && <Empty title="Nothing yet">Send a test to see whether it arrives.</Empty>}>
      {(rows) => <DeliveryTable deliveries={rows} />}
    </Async>
  );
}
