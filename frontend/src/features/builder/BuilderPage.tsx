import { Page } from '@/ui/Page';

export function BuilderPage(_: { federation: string | undefined; onFederation: (id: string) => void; onCreated: (job: string) => void }) {
  return <Page title="New training job">{null}</Page>;
}
