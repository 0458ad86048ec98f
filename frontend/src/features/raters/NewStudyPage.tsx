import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { StudyForm } from './StudyForm';

export function NewStudyPage({ onCreated }: { onCreated: (study: string) => void }) {
  const federations = useQuery(federationsQuery);
  return (
    <Page title="New reader study" sub="The protocol is fixed here, before anybody reads; its hash goes into the audit log.">
      <Async what="federations" query={federations} lines={8}>
        {(rows) => {
          const coordinated = rows.filter(({ roles }) => roles.includes('coordinator'));
          return coordinated.length === 0 ? (
            <Empty title="You coordinate no federation" action={<Link to="/reader-studies">To the reader studies</Link>}>
              A reader study is made by a coordinator, who has seen the truth and so never reads in it.
            </Empty>
          ) : (
            <StudyForm federations={coordinated} onCreated={onCreated} />
          );
        }}
      </Async>
    </Page>
  );
}
