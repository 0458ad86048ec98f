import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery } from '@/api/session';
import type { Step } from '@/diagnosis/spoken';
import { Card } from '@/ui/Card';
import { Loading } from '@/ui/Loading';
import { abilitiesQuery } from './AbilityNotice';
import styles from './AskCard.module.css';
import type { Service } from './checkedService';
import { Consent } from './Consent';
import { agreed, type Consented, NOTHING_AGREED } from './consenting';
import { DropZone } from './DropZone';
import { stepsBefore } from './progress';
import { send } from './send';
import { StepDiagram } from './StepDiagram';
import { TroubleCard } from './TroubleCard';
import { troubleOf } from './trouble';
import { usePicture } from './usePicture';
import { Viewer } from './Viewer';

interface Props {
  service: Service;
  /** Both institutions have been asked at their own addresses, and one of them could not be reached. */
  asked: boolean;
  unasked: boolean;
  onSent: (diagnosis: string) => void;
}

/** Consent, then a picture, then its way out. Nothing leaves before "Seal and send". */
export function AskCard({ service, asked, unasked, onSent }: Props) {
  const session = useQuery(sessionQuery);
  const abilities = useQuery(abilitiesQuery);
  const [consent, setConsent] = useState<Consented>(NOTHING_AGREED);
  const [file, setFile] = useState<File | null>(null);
  const [step, setStep] = useState<Step | 'sending' | null>(null);
  const { descriptor, signed } = service;
  const picture = usePicture(file, descriptor.input.size);
  const user = session.data?.user?.username ?? '';
  const sending = useMutation({
    mutationFn: (chosen: File) => send({ file: chosen, user, signed, descriptor, batch: null, keepPicture: consent.keepPicture, id: crypto.randomUUID() }, setStep),
    onSettled: () => setStep(null),
  });
  const ready = asked && agreed(consent, unasked) && abilities.data?.length === 0;
  const choose = ([chosen]: File[]) => {
    sending.reset();
    if (chosen !== undefined) setFile(chosen);
  };
  return (
    <Card title="Your picture">
      <div className={styles.stack}>
        <Consent value={consent} unasked={unasked} disabled={sending.isPending} onChange={setConsent} />
        {file === null && <DropZone label="Choose an X-ray" hint={ready ? 'or drop it here: JPEG, PNG or DICOM. It is read by this browser and not uploaded.' : asked ? 'Read and tick what stands above first.' : 'Waiting for both institutions to answer at their own addresses.'} disabled={!ready} onFiles={choose} />}
        {picture?.state === 'reading' && <Loading label="the picture" lines={6} />}
        {picture?.state === 'refused' && <TroubleCard trouble={troubleOf(picture.error)} actions={<Button onClick={() => setFile(null)}>Choose another</Button>} />}
        {picture?.state === 'there' && file !== null && <Viewer view={picture.view} name={file.name} />}
        {sending.isPending && <StepDiagram steps={stepsBefore(step)} />}
        {sending.error !== null && <TroubleCard trouble={troubleOf(sending.error)} />}
        {picture?.state === 'there' && file !== null && (
          <div className={styles.actions}>
            <Button variant="filled" size="sm" loading={sending.isPending} disabled={!ready} onClick={() => sending.mutate(file, { onSuccess: ({ id }) => onSent(id) })}>
              Seal and send
            </Button>
            <Button size="sm" disabled={sending.isPending} onClick={() => setFile(null)}>
              Choose another
            </Button>
            <span className="dim">{file.name}</span>
          </div>
        )}
      </div>
    </Card>
  );
}
