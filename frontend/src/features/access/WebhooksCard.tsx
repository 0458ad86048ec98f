import { useQuery } from '@tanstack/react-query';
import { webhooksQuery } from '@/api/access';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { NewWebhook } from './NewWebhook';
import { WebhookEntry } from './WebhookEntry';
import styles from './WebhooksCard.module.css';

export function WebhooksCard() {
  const webhooks = useQuery(webhooksQuery);
  return (
    <Card title="Webhooks">
      <p className={styles.about}>The platform calls your address when one of your diagnoses is answered, fails or expires. A message names the diagnosis and holds nothing of its content.</p>
      <Async
        what="your webhooks"
        query={webhooks}
        lines={3}
        empty={(rows) => rows.length === 0 && <Empty title="You have no webhooks">Without one, a program asks now and then, or follows the events of its diagnosis.</Empty>}
      >
        {(rows) => (
          <ul className={styles.list}>
            {rows.map((webhook) => (
              <WebhookEntry key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        )}
      </Async>
      <NewWebhook />
    </Card>
  );
}
