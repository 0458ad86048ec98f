import { useQuery } from '@tanstack/react-query';
import { signedDescriptorQuery } from '@/api/services';
import type { ServiceDetail } from '@/api/types';
import { count, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { CopyText } from '@/ui/CopyText';
import { Notice } from '@/ui/Notice';
import styles from './DescriptorCard.module.css';
import { SignatureTable } from './SignatureTable';
import { VerdictChip } from './VerdictChip';
import { descriptorVerdictQuery } from './verification';

/** What both parties promise, by its hash, and who stands for it with a signature. */
export function DescriptorCard({ service }: { service: ServiceDetail }) {
  const { signatures, descriptor_digest: digest } = service;
  const signed = useQuery(signedDescriptorQuery(service.id, `${digest} ${signatures.length}`));
  const verdict = useQuery({ ...descriptorVerdictQuery(signed.data, digest), enabled: signed.data !== undefined });
  const sites = signatures.filter(({ role }) => role === 'site').length;
  return (
    <Card
      title="Descriptor"
      actions={
        <>
          <a href={`/api/v1/services/${service.id}/descriptor`} target="_blank" rel="noreferrer">
            the whole of it, as signed
          </a>
          {verdict.data && <VerdictChip verdict={verdict.data} good={`${plural(signatures.length, 'signature')} verified here`} />}
        </>
      }
    >
      <div className={styles.stack}>
        <p className={styles.about}>Whoever asks verifies it first: the image is sealed for the two keys in it, and for no others. Its SHA-256:</p>
        {verdict.data?.kind === 'broken' && (
          <Notice tone="bad" role="alert" title="This descriptor does not verify: do not use the service">
            {verdict.data.why}
          </Notice>
        )}
        <CopyText label="SHA-256 of the descriptor" text={digest} />
        <SignatureTable service={service} verified={verdict.data?.kind === 'good'} />
        {sites === 0 && service.state === 'open' && (
          <Notice tone="plain" title="No site has countersigned yet">
            A site’s signature tells its patients that it has asked both parties for their fingerprints. At the site, with each as that party read it out: <code>primia site countersign {digest.slice(0, 16)} --compared FINGERPRINT --compared FINGERPRINT</code>
          </Notice>
        )}
        {sites > 0 && <p className="dim">{`Countersigned by ${count(sites)} ${sites === 1 ? 'site that has' : 'sites that have'} compared the fingerprints.`}</p>}
      </div>
    </Card>
  );
}
