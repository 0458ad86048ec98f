import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { attackAuditQuery } from '@/api/evidence';
import { dateTime } from '@/lib/format';
import { verdictLook } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Chip } from '@/ui/Chip';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { AttackAuditBody } from './AttackAuditBody';
import type { AttackSearch } from './search';

interface Props {
  id: string;
  view: AttackSearch;
  onView: (change: AttackSearch) => void;
}

const IMAGES = { real: 'the sites’ own images', public: 'public images', phantom: 'drawn phantoms' };

export function AttackAuditPage({ id, view, onView }: Props) {
  const audit = useQuery(attackAuditQuery(id));
  const { data } = audit;
  return (
    <Page
      title={data === undefined ? 'Attack audit' : `Attack audit of ${data.model.name}, version ${data.model.number}`}
      chips={
        data && (
          <>
            <StateChip look={verdictLook(data.document.verdict)} />
            <Chip>{data.document.made}</Chip>
          </>
        )
      }
      actions={data && <Button renderRoot={(props) => <Link to="/models/$model" params={{ model: data.model.id }} {...props} />}>The model</Button>}
      sub={
        data && (
          <>
            {data.federation.name} · {dateTime(data.created_at)} · on {IMAGES[data.document.images.kind]}, {data.document.images.image_size} px
            {' · job '}
            <Link to="/jobs/$job" params={{ job: data.job.id }}>
              {data.job.title}
            </Link>
          </>
        )
      }
    >
      <Async what="this audit" query={audit} lines={10}>
        {(found) => <AttackAuditBody audit={found} view={view} onView={onView} />}
      </Async>
    </Page>
  );
}
