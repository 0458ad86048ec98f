import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Service as Offered } from '@/api/types';
import { Card } from '@/ui/Card';
import { Loading } from '@/ui/Loading';
import styles from './AskCard.module.css';
import { BatchChooser, type Start } from './BatchChooser';
import { checkedServiceQuery } from './checkedService';
import { TroubleCard } from './TroubleCard';
import { troubleOf } from './trouble';

interface Props {
  services: Offered[];
  chosen: string;
  onService: (id: string) => void;
  onStart: Start;
}

export function BatchForm({ services, chosen, onService, onStart }: Props) {
  const service = useQuery(checkedServiceQuery(chosen));
  return (
    <Card title="A new batch">
      <div className={styles.stack}>
        <NativeSelect label="Service" value={chosen} data={services.map(({ id, title, federation }) => ({ value: id, label: `${title}, ${federation.name}` }))} onChange={({ currentTarget }) => onService(currentTarget.value)} />
        {service.isError && <TroubleCard trouble={troubleOf(service.error)} />}
        {service.isPending && <Loading label="the service" />}
        {service.data !== undefined && <BatchChooser service={service.data} onStart={onStart} />}
      </div>
    </Card>
  );
}
