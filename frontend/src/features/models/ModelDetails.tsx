import { useQuery } from '@tanstack/react-query';
import { weightsAddress } from '@/api/registry';
import { sessionQuery } from '@/api/session';
import type { ModelDetail } from '@/api/types';
import { bytes } from '@/lib/format';
import { Card } from '@/ui/Card';
import { CopyText } from '@/ui/CopyText';
import { Facts } from '@/ui/Facts';
import { Hash } from '@/ui/Hash';
import { EvidenceCard } from './EvidenceCard';
import { cardFacts, lineageFacts } from './facts';
import { loadingCode } from './loadingCode';
import styles from './ModelDetails.module.css';
import { ReleaseActions } from './ReleaseActions';
import { TestCard } from './TestCard';

export function ModelDetails({ model }: { model: ModelDetail }) {
  const session = useQuery(sessionQuery);
  const own = session.data?.memberships.filter(({ federation }) => federation === model.federation.id) ?? [];
  const slug = own[0]?.federation_slug ?? 'model';
  const roles = own.map(({ role }) => role);
  const mayDownload = roles.includes('coordinator') || roles.includes('site_admin');
  return (
    <>
      {model.test !== null && <TestCard model={model} test={model.test} />}
      <EvidenceCard model={model} mayAsk={roles.includes('coordinator')} />
      <div className={styles.columns}>
        <Card title="What it is">
          <Facts facts={cardFacts(model)} />
        </Card>
        <Card title="Where it comes from">
          <Facts facts={lineageFacts(model)} />
        </Card>
      </div>
      <Card
        title="Load it"
        actions={
          mayDownload ? (
            <a href={weightsAddress(model.id)} download>
              Download the weights, {bytes(model.size_bytes)}
            </a>
          ) : (
            <span className="dim">Coordinators and site administrators may download it.</span>
          )
        }
      >
        <div className={styles.load}>
          <p>
            The file is in safetensors form. Compare its SHA-256 before you use it: <Hash value={model.sha256} whole />
          </p>
          <CopyText label="Python code that loads the model" text={loadingCode(model, slug)} />
        </div>
      </Card>
      {roles.includes('coordinator') && <ReleaseActions model={model} />}
    </>
  );
}
