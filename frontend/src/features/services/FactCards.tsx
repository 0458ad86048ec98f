import type { ServiceDetail } from '@/api/types';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';
import { accuracyFacts, inputFacts, learnsFacts, notesOf } from './facts';
import styles from './ServiceBody.module.css';

/** What goes in, what comes out, how exact it is, and what each of those involved learns. */
export function FactCards({ service }: { service: ServiceDetail }) {
  return (
    <>
      <Card title="Intended use">
        <p className={styles.intended}>{service.intended_use}</p>
      </Card>
      {service.input !== null && (
        <div className={styles.columns}>
          <Card title="What goes in and comes out">
            <Facts facts={inputFacts(service)} />
          </Card>
          <Card title="Beside the plain model">
            <Facts facts={accuracyFacts(service)} />
            {notesOf(service).length > 0 && (
              <div className={styles.notes}>
                {notesOf(service).map((note) => (
                  <Notice key={note} tone="warn" title={note.charAt(0).toUpperCase() + note.slice(1)} />
                ))}
              </div>
            )}
          </Card>
        </div>
      )}
      {service.price !== null && (
        <Card title="What each learns">
          <Facts facts={learnsFacts(service.price.learns)} />
        </Card>
      )}
    </>
  );
}
