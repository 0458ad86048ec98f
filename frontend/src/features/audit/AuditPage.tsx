import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type AuditFilter, auditQuery } from '@/api/registry';
import { compact, isFiltered } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { FilterBar } from '@/ui/FilterBar';
import { Page } from '@/ui/Page';
import { SearchInput } from '@/ui/SearchInput';
import { AuditTable } from './AuditTable';

interface Props {
  filter: AuditFilter;
  onFilter: (filter: AuditFilter) => void;
}

export function AuditPage({ filter, onFilter }: Props) {
  const entries = useInfiniteQuery(auditQuery(filter));
  return (
    <Page title="Audit log" sub="Who did what. Each entry holds the hash of the one before it, so that none can be changed or taken out unseen.">
      <FilterBar label="Filter the audit log">
        <SearchInput
          label="Action"
          placeholder="Action, such as job.created"
          when="finished"
          value={filter.action ?? ''}
          onSearch={(text) => onFilter(compact({ ...filter, action: text || undefined }))}
        />
        <SearchInput
          label="Who"
          placeholder="Who, such as site:basel"
          when="finished"
          value={filter.actor ?? ''}
          onSearch={(text) => onFilter(compact({ ...filter, actor: text || undefined }))}
        />
      </FilterBar>
      <Card label="Entries">
        <Async
          what="the audit log"
          query={entries}
          lines={8}
          empty={({ pages }) =>
            pages.every(({ results }) => results.length === 0) && <Empty title={!isFiltered(filter) ? 'Nothing has happened yet' : 'No entry fits this filter'} />
          }
        >
          {({ pages }) => <AuditTable entries={pages.flatMap(({ results }) => results)} />}
        </Async>
      </Card>
      {entries.hasNextPage && (
        <div>
          <Button loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            Older entries
          </Button>
        </div>
      )}
    </Page>
  );
}
