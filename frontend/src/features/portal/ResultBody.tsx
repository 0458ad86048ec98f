import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Diagnosis, DiagnosisFailure } from '@/api/diagnoses';
import { checkSigned } from '@/diagnosis/descriptor';
import type { Remembered } from '@/diagnosis/vault';
import { ApiError } from '@/lib/problem';
import { Notice } from '@/ui/Notice';
import { DetailsCard } from './DetailsCard';
import { PictureCard } from './PictureCard';
import { ResultCard } from './ResultCard';
import styles from './ResultPage.module.css';
import { TroubleCard } from './TroubleCard';
import { troubleOf, troubleOfCode } from './trouble';
import { WaitingCard } from './WaitingCard';

interface Props {
  record: Remembered;
  diagnosis: Diagnosis | undefined;
  stuck: Error | null;
}

export function ResultBody({ record, diagnosis, stuck }: Props) {
  const { data } = useQuery({ queryKey: ['vault', record.id, 'descriptor'], queryFn: () => checkSigned(record.signed), staleTime: Number.POSITIVE_INFINITY });
  const failure = failureOf(record, diagnosis, stuck);
  const again = (
    <Link to="/diagnose/$service" params={{ service: record.service }}>
      Send again
    </Link>
  );
  return (
    <>
      {failure !== null && record.result === null && <TroubleCard trouble={troubleOfCode(failure.code, failure.message, failure.next_step)} actions={again} />}
      {stuck !== null && failure === null && record.result === null && (
        <Notice tone="warn" role="status" title="The platform does not answer now; this page tries again by itself">
          {troubleOf(stuck).why}
        </Notice>
      )}
      <div className={styles.columns}>
        <div className={styles.side}>
          {record.result !== null && <ResultCard result={record.result} />}
          {record.result === null && failure === null && <WaitingCard />}
          <DetailsCard record={record} diagnosis={diagnosis} descriptor={data?.descriptor} />
        </div>
        <PictureCard file={record.picture} name={record.source} size={data?.descriptor.input.size ?? null} />
      </div>
    </>
  );
}

const EXPIRED = { code: 'diagnosis.expired', message: 'The request or its answer was not collected in time and has been deleted.', next_step: '' };
const GONE = { ...EXPIRED, message: 'The platform no longer knows this request; it was withdrawn, or its time was over.' };

function failureOf(record: Remembered, diagnosis: Diagnosis | undefined, stuck: Error | null): Pick<DiagnosisFailure, 'code' | 'message' | 'next_step'> | null {
  if (diagnosis?.failure != null) return diagnosis.failure;
  if (record.failure !== null) return { ...record.failure, next_step: '' };
  if (stuck instanceof ApiError && stuck.status === 404) return GONE;
  return diagnosis?.state === 'expired' ? EXPIRED : null;
}
