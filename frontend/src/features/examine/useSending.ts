import { useState } from 'react';
import { type NewExamination, useExamine } from '@/api/evidence';
import { ApiError } from '@/lib/problem';
import { keyOf } from '@/lib/visit';
import { fromPlatform } from './checks';

interface Sending<Name extends string> {
  places: Readonly<Record<string, Name>>;
  onErrors: (beside: Partial<Record<Name, string>>) => void;
  onCreated: (job: string) => void;
}

/** Sends the job of a form, and hands back what the platform says of it. */
export function useSending<Name extends string>({ places, onErrors, onCreated }: Sending<Name>) {
  const examine = useExamine();
  const [above, setAbove] = useState<string[]>([]);
  const send = (job: NewExamination) => {
    setAbove([]);
    examine.mutate({ job, key: keyOf(job) }, {
      onSuccess: ({ id }) => onCreated(id),
      onError: (error) => {
        if (!(error instanceof ApiError)) return;
        const said = fromPlatform(error.fields, places);
        onErrors(said.beside);
        setAbove(said.above);
      },
    });
  };
  return { send, pending: examine.isPending, refusal: examine.error === null ? null : [examine.error.message, ...above].join(' ') };
}
