import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { servicesQuery } from '@/api/services';
import { Card } from '@/ui/Card';
import { CopyText } from '@/ui/CopyText';
import styles from './ExamplesCard.module.css';
import { ABOUT, type AccessSearch, example, type Language, LANGUAGES } from './examples';

interface Props {
  view: AccessSearch;
  onView: (change: AccessSearch) => void;
}

/** Lines to copy, for a service that is open now. */
export function ExamplesCard({ view, onView }: Props) {
  const services = useQuery(servicesQuery({ state: 'open' }));
  const { language = 'shell' } = view;
  const service = view.service ?? services.data?.[0]?.id;
  return (
    <Card title="Ask a service">
      <div className={styles.choose}>
        <SegmentedControl aria-label="In which language" data={LANGUAGES} value={language} onChange={(value) => onView({ language: value as Language })} />
        {services.data !== undefined && services.data.length > 0 && (
          <NativeSelect
            aria-label="Service"
            value={service ?? ''}
            data={services.data.map(({ id, title }) => ({ value: id, label: title }))}
            onChange={({ currentTarget }) => onView({ service: currentTarget.value })}
          />
        )}
        {services.data?.length === 0 && <span className="dim">No service is open; put one in the place of SERVICE.</span>}
        {services.isError && <span className="dim">The services could not be loaded; put one in the place of SERVICE.</span>}
      </div>
      <p className={styles.about}>{ABOUT[language]}</p>
      <CopyText label="Example" text={example(language, window.location.origin, service)} />
    </Card>
  );
}
