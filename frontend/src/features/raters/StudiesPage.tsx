import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { studiesQuery, type StudyFilter } from '@/api/readings';
import { compact, isFiltered, oneOf } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { StudyTable } from './StudyTable';
import { STUDY_STATES, studyState } from './words';

interface Props {
  filter: StudyFilter;
  onFilter: (filter: StudyFilter) => void;
}

export function StudiesPage({ filter, onFilter }: Props) {
  const studies = useQuery(studiesQuery(filter));
  const federations = useQuery(federationsQuery);
  const coordinates = federations.data?.some(({ roles }) => roles.includes('coordinator')) ?? false;
  return (
    <Page
      title="Reader studies"
      sub="People and models read the same pictures. The pictures stay with the readers."
      actions={
        coordinates && (
          <Button variant="filled" renderRoot={(props) => <Link to="/reader-studies/new" {...props} />}>
            New reader study
          </Button>
        )
      }
    >
      <FilterBar label="Filter reader studies">
        <NativeSelect
          aria-label="State"
          value={filter.state ?? ''}
          data={[{ value: '', label: 'Any state' }, ...STUDY_STATES.map((state) => ({ value: state, label: studyState(state).label }))]}
          onChange={({ currentTarget }) => onFilter(compact({ ...filter, state: oneOf(STUDY_STATES, currentTarget.value) }))}
        />
      </FilterBar>
      <Card label="Reader studies">
        <Async
          what="reader studies"
          query={studies}
          lines={5}
          empty={(rows) =>
            rows.length === 0 &&
            (isFiltered(filter) ? (
              <Empty title="No study fits this filter" action={<Button onClick={() => onFilter({})}>Show all studies</Button>} />
            ) : (
              <Empty title="No reader studies yet" action={coordinates && <Link to="/reader-studies/new">New reader study</Link>}>
                A coordinator makes one and brings readers in. What you are asked to read will stand here.
              </Empty>
            ))
          }
        >
          {(rows) => <StudyTable studies={rows} />}
        </Async>
      </Card>
    </Page>
  );
}
