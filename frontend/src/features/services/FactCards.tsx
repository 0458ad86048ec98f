import type { ServiceDetail } from '@/api/types';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';
import { accuracyFacts, inputFacts, learnsFacts, notesOf } from './facts';
import { Sentences } from './Sentences';
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
                <Notice tone="warn" title="The owner’s worker notes">
                  <Sentences lines={notesOf(service)} />
                </Notice>
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
