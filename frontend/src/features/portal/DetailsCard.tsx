import type { Diagnosis } from '@/api/diagnoses';
import type { Descriptor } from '@/diagnosis/descriptor';
import type { Remembered } from '@/diagnosis/vault';
import { dateTime, stepTime } from '@/lib/format';
import { Card } from '@/ui/Card';
import { type Fact, Facts } from '@/ui/Facts';
import { Hash } from '@/ui/Hash';

interface Props {
  record: Remembered;
  diagnosis: Diagnosis | undefined;
  descriptor: Descriptor | undefined;
}

const STEPS: Record<string, string> = { wait_s: 'waited', open_s: 'opened its half', prepare_s: 'prepared', online_s: 'computed', seal_s: 'sealed the answer' };

const spent = (steps: Record<string, number>) =>
  Object.entries(steps)
    .filter(([name]) => name in STEPS)
    .map(([name, seconds]) => `${STEPS[name] ?? name} ${stepTime(seconds)}`)
    .join(', ');

export function DetailsCard({ record, diagnosis, descriptor }: Props) {
  const steps: Fact[] = Object.entries(diagnosis?.steps ?? {}).map(([party, seconds]) => ({ name: `Party ${party.toUpperCase()}`, value: spent(seconds) }));
  const facts: Fact[] = [
    ...(descriptor === undefined ? [] : [{ name: 'Model', value: `${descriptor.model.name}, version ${descriptor.model.number}` }, { name: 'Computed by', value: descriptor.parties.map(({ name }) => name).join(' and ') }]),
    { name: 'Sent', value: dateTime(record.sentAt) },
    ...(record.openedAt === null ? [] : [{ name: 'Opened here', value: dateTime(record.openedAt) }]),
    ...steps,
    { name: 'Number', value: <span className="mono">{record.id}</span> },
    ...(descriptor === undefined ? [] : [{ name: 'Descriptor', value: <Hash value={descriptor.digest} /> }]),
  ];
  return (
    <Card title="Details">
      <Facts facts={facts} />
    </Card>
  );
}
