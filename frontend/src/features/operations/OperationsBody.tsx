import type { Operations, ServiceDetail } from '@/api/types';
import { AwayNodes } from '@/ui/AwayNodes';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { FailureTable } from './FailureTable';
import { LatencyCard } from './LatencyCard';
import styles from './OperationsBody.module.css';
import { OperationsTiles } from './OperationsTiles';
import { queueLines, spanSeconds, spanWords, stockLines, throughputLines } from './lines';
import { TimeCard } from './TimeCard';

interface Props {
  service: ServiceDetail;
  operations: Operations;
  tables: string[];
  onTables: (shown: string[]) => void;
}

export function OperationsBody({ service, operations, tables, onTables }: Props) {
  const table = (name: string) => ({
    asTable: tables.includes(name),
    onTable: (shown: boolean) => onTables(shown ? [...tables, name] : tables.filter((one) => one !== name)),
  });
  const { failures } = operations;
  const span = spanWords(spanSeconds(operations));
  return (
    <>
      {service.state === 'open' && <AwayNodes machines={Object.values(service.nodes)} />}
      <OperationsTiles service={service} operations={operations} />
      <div className={styles.columns}>
        <TimeCard title={`Answered and failed, per ${span}`} operations={operations} lines={throughputLines(operations)} {...table('throughput')} />
        <TimeCard title={`Longest queue, per ${span}`} operations={operations} lines={queueLines(operations)} {...table('queue')} />
        <TimeCard title={`Lowest stock, per ${span}`} operations={operations} lines={stockLines(operations)} top={service.stock.full} steps {...table('stock')} />
        <LatencyCard steps={operations.steps} {...table('latency')} />
      </div>
      <Card title="Failures by reason">{failures.length === 0 ? <Empty title="None in these 24 hours" /> : <FailureTable failures={failures} all={operations.answered + operations.failed} />}</Card>
    </>
  );
}
