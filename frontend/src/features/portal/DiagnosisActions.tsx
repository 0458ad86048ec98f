import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { forgetDiagnosis } from '@/api/diagnoses';
import { forget, type Remembered } from '@/diagnosis/vault';
import { downloadText, fileName } from '@/lib/download';
import { isForbidden } from '@/lib/problem';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { fhirOf } from './export';

interface Props {
  record: Remembered;
  onForgotten: () => void;
}

/** Take the result along, or delete it: here and at the platform. */
export function DiagnosisActions({ record, onForgotten }: Props) {
  const [asking, setAsking] = useState(false);
  const erase = useMutation({
    mutationFn: async () => {
      await forgetDiagnosis(record.id).catch((error: unknown) => {
        if (!isForbidden(error)) throw error; // It has forgotten it already.
      });
      await forget(record.id);
    },
    onSuccess: onForgotten,
  });
  const save = async () => downloadText(fileName(record.source, '.fhir.json'), JSON.stringify(await fhirOf(record), null, 2), 'application/fhir+json');
  return (
    <>
      {record.result !== null && <Button onClick={() => void save()}>Save as FHIR</Button>}
      <Button onClick={() => setAsking(true)}>Delete</Button>
      {asking && (
        <ConfirmDialog title="Delete this diagnosis?" confirm="Delete" danger busy={erase.isPending} error={erase.error?.message ?? null} onClose={() => setAsking(false)} onConfirm={() => erase.mutate()}>
          <p>Its result, its picture and its key leave this browser, and the platform forgets the request. Nobody can bring them back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
