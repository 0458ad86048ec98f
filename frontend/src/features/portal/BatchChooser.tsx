import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { bytes, count, plural } from '@/lib/format';
import styles from './AskCard.module.css';
import { originQuery, type Service } from './checkedService';
import { Consent } from './Consent';
import { agreed, type Consented, NOTHING_AGREED } from './consenting';
import { DropZone } from './DropZone';
import { TroubleCard } from './TroubleCard';
import { troubleOf, troubleOfCode } from './trouble';
import { pathOf } from './useBatchSending';

export type Start = (service: Service, files: readonly File[], terms: { name: string; keepPicture: boolean }) => Promise<void>;

const PICTURE = /\.(jpe?g|png|dcm|dicom)$|^[^.]+$/i;
const MOST = 1_000;

const pictures = (files: readonly File[]) => files.filter(({ name }) => PICTURE.test(name) && !name.startsWith('.'));

/** Consent, a folder, and its way out. */
export function BatchChooser({ service, onStart }: { service: Service; onStart: Start }) {
  const origins = [useQuery(originQuery(service.descriptor, 0)), useQuery(originQuery(service.descriptor, 1))];
  const [consent, setConsent] = useState<Consented>({ ...NOTHING_AGREED, keepPicture: false });
  const [files, setFiles] = useState<File[]>([]);
  const [name, setName] = useState('');
  const unasked = origins.some(({ data }) => data === 'unreachable');
  const start = useMutation({ mutationFn: () => onStart(service, files, { name: name.trim() || 'Batch', keepPicture: consent.keepPicture }) });
  if (origins.some(({ data }) => data === 'differs' || data === 'unsigned')) {
    return <TroubleCard trouble={troubleOfCode('descriptor.untrusted', 'An institution says other keys at its own address than the platform says of it.')} />;
  }
  const ready = origins.every(({ data }) => data !== undefined) && agreed(consent, unasked);
  const take = (given: File[]) => {
    const found = pictures(given);
    setFiles(found);
    const folder = pathOf(found[0] ?? new File([], '')).split('/')[0] ?? '';
    setName((before) => (before === '' ? folder : before));
  };
  return (
    <>
      <p>
        <Link to="/diagnose/$service" params={{ service: service.descriptor.service }}>
          What happens to each picture, who computes, and what this page cannot promise
        </Link>
      </p>
      <Consent value={consent} unasked={unasked} disabled={start.isPending} onChange={setConsent} />
      <DropZone folder label="Choose a folder" hint="or drop it here. Its JPEG, PNG and DICOM files are taken, those in folders below included." disabled={!ready} onFiles={take} />
      {start.error !== null && <TroubleCard trouble={troubleOf(start.error)} />}
      {files.length > 0 && (
        <>
          <TextInput label="Name of the batch" description="The platform sees it: name no patient" maxLength={120} value={name} onChange={({ currentTarget: { value } }) => setName(value)} />
          <div className={styles.actions}>
            <Button variant="filled" size="sm" loading={start.isPending} disabled={!ready || files.length > MOST} onClick={() => start.mutate()}>
              {`Seal and send ${plural(files.length, 'picture')}`}
            </Button>
            <span className="dim">{files.length > MOST ? `A batch has at most ${count(MOST)} pictures; choose a smaller folder` : `${bytes(files.reduce((sum, { size }) => sum + size, 0))} on disk, none of it uploaded`}</span>
          </div>
        </>
      )}
    </>
  );
}
