import { Link } from '@tanstack/react-router';
import { dayTime } from '@/lib/format';
import { useNow } from '@/lib/now';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { Problem } from '@/ui/Problem';
import { DiagnosisActions } from './DiagnosisActions';
import { LiveNote } from './LiveNote';
import { ResultBody } from './ResultBody';
import styles from './ResultPage.module.css';
import { StepDiagram } from './StepDiagram';
import { useDiagnosis } from './useDiagnosis';

/** One diagnosis on its way, and its answer. A reload loses neither. */
export function ResultPage({ id, onForgotten }: { id: string; onForgotten: () => void }) {
  const now = useNow();
  const { record, diagnosis, live, steps, stuck } = useDiagnosis(id);
  const known = record.data;
  const missing = known === null && diagnosis.isError;
  return (
    <Page
      title={known?.source ?? 'Diagnosis'}
      sub={known != null && `Sent ${dayTime(known.sentAt, now)}${diagnosis.data === undefined ? '' : ` to ${diagnosis.data.service_title}`}`}
      actions={
        <>
          <LiveNote state={live} />
          {known != null && <DiagnosisActions record={known} onForgotten={onForgotten} />}
        </>
      }
    >
      <Async what="this diagnosis" query={record} lines={8}>
        {() =>
          missing ? (
            <Problem what="this diagnosis" error={diagnosis.error} onRetry={() => void diagnosis.refetch()} />
          ) : (
            <>
              <Card title="The way of this picture">
                <div className={styles.steps}>
                  <StepDiagram steps={steps} />
                </div>
              </Card>
              {known === null || known === undefined ? (
                <Empty title="This diagnosis was sent from another browser" action={<Link to="/diagnose/history">To this device’s history</Link>}>
                  Only the browser that sent it holds the key of its answer. Open this page there.
                </Empty>
              ) : (
                <ResultBody record={known} diagnosis={diagnosis.data} stuck={stuck ?? (diagnosis.isError && known.result === null ? diagnosis.error : null)} />
              )}
            </>
          )
        }
      </Async>
    </Page>
  );
}
