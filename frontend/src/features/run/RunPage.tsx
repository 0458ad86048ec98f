import { Page } from '@/ui/Page';

export function RunPage({ id }: { id: string; view: object; onView: (change: object) => void }) {
  return <Page title={id}>{null}</Page>;
}
