import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Study, studyQuery, worklistQuery } from '@/api/readings';
import { sessionQuery } from '@/api/session';
import { loggedOut } from '@/lib/problem';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { Problem } from '@/ui/Problem';
import { LeftOver } from './LeftOver';
import { ReadingDesk } from './ReadingDesk';

function nothingToRead(study: Study): { title: string; why: string } | null {
  if (study.state === 'closed') return { title: 'This study is closed', why: 'No more readings are taken. Its results can be seen by everybody who took part.' };
  if (!study.reads) return { title: 'You do not read in this study', why: 'Its coordinator brings readers in. Whoever has seen the truth cannot be one.' };
  if (study.state === 'draft') return { title: 'This study is not open yet', why: 'Its coordinator opens it when all readers are there.' };
  return null;
}

export function ReadingPage({ id }: { id: string }) {
  const study = useQuery(studyQuery(id));
  const session = useQuery(sessionQuery);
  const why = study.data === undefined ? null : nothingToRead(study.data);
  const worklist = useQuery({ ...worklistQuery(id), enabled: study.data !== undefined && why === null });
  const user = session.data?.user?.username;
  if (study.data !== undefined && why === null && worklist.data !== undefined && user !== undefined) {
    return <ReadingDesk study={study.data} user={user} worklist={worklist.data} />;
  }
  return (
    <Page title={study.data?.title ?? 'Reading'}>
      {session.data?.user === null && <Problem what="your cases" error={loggedOut()} />}
      {why !== null && user !== undefined && <LeftOver study={id} user={user} />}
      <Async
        what="this study"
        query={study}
        lines={6}
        empty={() =>
          why !== null && (
            <Empty title={why.title} action={<Link to="/reader-studies/$study" params={{ study: id }}>To the study</Link>}>
              {why.why}
            </Empty>
          )
        }
      >
        {() => <Async what="your cases" query={worklist} lines={6}>{() => null}</Async>}
      </Async>
    </Page>
  );
}
