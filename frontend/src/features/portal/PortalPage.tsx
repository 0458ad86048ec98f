import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { openServicesQuery } from '@/api/diagnoses';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { AbilityNotice } from './AbilityNotice';
import { HowItWorks } from './HowItWorks';
import { ServiceCard } from './ServiceCard';
import styles from './ServiceCard.module.css';

export function PortalPage() {
  const services = useQuery(openServicesQuery);
  return (
    <Page
      title="Diagnose"
      sub="Have an X-ray read by a model that never sees it. Only you can open the answer."
      actions={
        <>
          <Link to="/diagnose/history">History of this device</Link>
          <Link to="/diagnose/batch">Many pictures at once</Link>
        </>
      }
    >
      <AbilityNotice />
      <Async what="services" query={services} lines={6} empty={(rows) => rows.length === 0 && <Empty title="No service is open to you">A federation that you belong to has to publish one. Ask the person who gave you this account.</Empty>}>
        {(rows) => (
          <div className={styles.list}>
            {rows.map((service) => (
              <ServiceCard key={service.id} service={service} />
            ))}
          </div>
        )}
      </Async>
      <HowItWorks />
    </Page>
  );
}
