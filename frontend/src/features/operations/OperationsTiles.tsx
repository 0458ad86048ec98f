import type { Operations, ServiceDetail } from '@/api/types';
import { count, percent, plural, stepTime } from '@/lib/format';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';

interface Props {
  service: ServiceDetail;
  operations: Operations;
}

export function OperationsTiles({ service, operations }: Props) {
  const { answered, failed, expired, waiting, computing, steps, per_minute: perMinute } = operations;
  const { stock } = service;
  const whole = steps.find(({ step }) => step === 'whole');
  const online = steps.find(({ step }) => step === 'online');
  const shown = whole ?? online;
  return (
    <Tiles label="Figures of the last 24 hours">
      <Tile label="Answered" value={count(answered)} note={failed === 0 ? 'none failed' : `${count(failed)} failed, ${percent(failed / Math.max(1, answered + failed))}`} />
      <Tile label="In the last 10 minutes" value={`${perMinute.toFixed(1)} a minute`} note={expired === 0 ? 'all answers were collected' : `${plural(expired, 'answer')} not collected in time`} />
      <Tile label="Now" value={`${count(computing)} computing`} note={waiting === 0 ? 'nobody waits' : plural(waiting, 'waits', 'wait')} />
      <Tile label="Stock" value={`${count(Math.min(stock.p0, stock.p1))} of ${count(stock.full)}`} note={`P0 has ${count(stock.p0)}, P1 ${count(stock.p1)}`} />
      <Tile label={whole === undefined ? 'Computing, half within' : 'Request to answer, half within'} value={stepTime(shown?.p50)} note={shown === undefined ? 'nothing was measured' : `nine in ten within ${stepTime(shown.p90)}`} />
    </Tiles>
  );
}
