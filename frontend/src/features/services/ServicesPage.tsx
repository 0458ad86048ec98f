import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { type ServiceFilter, servicesQuery } from '@/api/services';
import { compact, isFiltered, oneOf } from '@/lib/search';
import { SERVICE_STATES, serviceState } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { ServiceTable } from './ServiceTable';

interface Props {
  filter: ServiceFilter;
  onFilter: (filter: ServiceFilter) => void;
}

export function ServicesPage({ filter, onFilter }: Props) {
  const services = useQuery(servicesQuery(filter));
  const federations = useQuery(federationsQuery);
  const coordinates = federations.data?.some(({ roles }) => roles.includes('coordinator')) ?? false;
  return (
    <Page
      title="Services"
      sub="Published models that answer without seeing what they are asked."
      actions={
        coordinates && (
          <Button variant="filled" renderRoot={(props) => <Link to="/services/new" {...props} />}>
            Publish a service
          </Button>
        )
      }
    >
      <FilterBar label="Filter services">
        <NativeSelect
          aria-label="State"
          value={filter.state ?? ''}
          data={[{ value: '', label: 'Any state' }, ...SERVICE_STATES.map((state) => ({ value: state, label: serviceState(state).label }))]}
          onChange={({ currentTarget }) => onFilter(compact({ ...filter, state: oneOf(SERVICE_STATES, currentTarget.value) }))}
        />
        {(federations.data?.length ?? 0) > 1 && (
          <NativeSelect
            aria-label="Federation"
            value={filter.federation ?? ''}
            data={[{ value: '', label: 'All federations' }, ...(federations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={({ currentTarget }) => onFilter(compact({ ...filter, federation: currentTarget.value || undefined }))}
          />
        )}
      </FilterBar>
      <Card label="Services">
        <Async
          what="services"
          query={services}
          lines={6}
          empty={(rows) =>
            rows.length === 0 &&
            (isFiltered(filter) ? (
              <Empty title="No service fits this filter" action={<Button onClick={() => onFilter({})}>Show all services</Button>} />
            ) : (
              <Empty title="No services yet" action={<Link to="/models">To the models</Link>}>
                A coordinator offers a published model as a service. It needs four machines, which join on the page of nodes.
              </Empty>
            ))
          }
        >
          {(rows) => <ServiceTable services={rows} />}
        </Async>
      </Card>
    </Page>
  );
}
