import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { evaluationQuery } from '@/api/evidence';
import { dateTime, plural } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Chip } from '@/ui/Chip';
import { Page } from '@/ui/Page';
import { Hash } from '@/ui/Hash';
import { EvaluationBody } from './EvaluationBody';
import { splitName } from './names';
import type { EvaluationSearch } from './search';

interface Props {
  id: string;
  view: EvaluationSearch;
  onView: (change: EvaluationSearch) => void;
}

export function EvaluationPage({ id, view, onView }: Props) {
  const evaluation = useQuery(evaluationQuery(id));
  const { data } = evaluation;
  return (
    <Page
      title={data === undefined ? 'Evaluation' : `Evaluation of ${data.model.name}, version ${data.model.number}`}
      chips={
        data && (
          <>
            <Chip>{splitName(data.document.split)}</Chip>
            <Chip>{data.document.made}</Chip>
          </>
        )
      }
      actions={data && <Button renderRoot={(props) => <Link to="/models/$model" params={{ model: data.model.id }} {...props} />}>The model</Button>}
      sub={
        data && (
          <>
            {data.federation.name} · {dateTime(data.created_at)} · {plural(data.document.n, 'image')}
            {data.document.patients !== null && ` of ${plural(data.document.patients, 'patient')}`} · model <Hash value={data.document.model.hash} />
            {' · job '}
            <Link to="/jobs/$job" params={{ job: data.job.id }}>
              {data.job.title}
            </Link>
          </>
        )
      }
    >
      <Async what="this evaluation" query={evaluation} lines={10}>
        {({ document, federation, model }) => <EvaluationBody document={document} federation={federation.id} model={model.id} view={view} onView={onView} />}
      </Async>
    </Page>
  );
}
