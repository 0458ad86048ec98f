import { useQuery } from '@tanstack/react-query';
import { type StudyDetail, studyQuery } from '@/api/readings';
import { Async } from '@/ui/Async';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { StudyActions } from './StudyActions';
import { StudyBody } from './StudyBody';
import { studyState } from './words';

export interface StudyView {
  cases?: 'common' | undefined;
  pairs?: 'p' | 'kappa' | undefined;
  against?: string | undefined;
  roc?: string | undefined;
  table?: 'roc' | 'margin' | undefined;
}

interface Props {
  id: string;
  view: StudyView;
  onView: (change: Partial<StudyView>) => void;
}

export function StudyPage({ id, view, onView }: Props) {
  const query = useQuery(studyQuery(id));
  const study: StudyDetail | undefined = query.data;
  return (
    <Page
      title={study?.title ?? 'Reader study'}
      chips={study !== undefined && <StateChip look={studyState(study.state)} />}
      actions={study !== undefined && <StudyActions study={study} />}
      sub={study === undefined ? undefined : `${study.question} Asked in ${study.federation.name}.`}
    >
      <Async what="this study" query={query} lines={8}>
        {(found) => <StudyBody study={found} view={view} onView={onView} />}
      </Async>
    </Page>
  );
}
