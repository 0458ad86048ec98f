import { Button } from '@mantine/core';
import { count, plural } from '@/lib/format';
import { downloadText, fileName } from '@/lib/download';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';
import { NOTICE } from '@/diagnosis/result';
import { BatchTable } from './BatchTable';
import { csvOf, fhirBundle } from './export';
import { useBatch } from './useBatch';
import type { useBatchSending } from './useBatchSending';

interface Props {
  id: string;
  user: string;
  sending: ReturnType<typeof useBatchSending>;
  onAnother: () => void;
}

const IDLE = { files: [], busy: false };

export function BatchResults({ id, user, sending, onAnother }: Props) {
  // What is on its way out may belong to another batch than the one that is looked at.
  const { files, busy } = sending.batch === id ? sending : IDLE;
  const { batch, lines } = useBatch(id, user, files, busy);
  const name = batch.data?.name ?? 'batch';
  const opened = lines.flatMap(({ record }) => (record?.result == null ? [] : [record]));
  const of = (...states: string[]) => lines.filter(({ state }) => states.includes(state)).length;
  const unsent = batch.data === undefined || busy || files.length > 0 ? 0 : batch.data.count - lines.length;
  const save = async () => downloadText(fileName(name, '.fhir.json'), JSON.stringify(await fhirBundle(opened), null, 2), 'application/fhir+json');
  return (
    <Async what="this batch" query={batch} lines={8}>
      {({ count: all }) => (
        <>
          <Tiles label="Figures of this batch">
            <Tile label="Opened" value={`${count(opened.length)} of ${count(all)}`} note={busy ? 'sending goes on; keep this page open' : ''} />
            <Tile label="On their way" value={count(of('waiting', 'sending', 'sent', 'sealed', 'queued', 'computing', 'answered'))} note="sealed, queued or computing" />
            <Tile label="Refused or failed" value={count(of('refused', 'unsent', 'failed', 'expired'))} note="the reason stands beside each" />
          </Tiles>
          {unsent > 0 && (
            <Notice tone="warn" title={`${plural(unsent, 'picture')} of this batch ${unsent === 1 ? 'is' : 'are'} not on this device`}>
              The page was closed before they were sent, they were refused, or another browser sent them. Choose the folder again to send those that are missing.
            </Notice>
          )}
          <Card
            title={name}
            actions={
              <>
                {busy && <Button onClick={sending.stop}>Stop sending</Button>}
                <Button disabled={lines.length === 0} onClick={() => downloadText(fileName(name, '.csv'), csvOf(lines))}>
                  CSV
                </Button>
                <Button disabled={opened.length === 0} onClick={() => void save()}>
                  FHIR
                </Button>
                {!busy && <Button onClick={onAnother}>Another batch</Button>}
              </>
            }
          >
            <BatchTable lines={lines} />
          </Card>
          <Notice tone="warn" title="Not diagnoses">
            {NOTICE}
          </Notice>
        </>
      )}
    </Async>
  );
}
