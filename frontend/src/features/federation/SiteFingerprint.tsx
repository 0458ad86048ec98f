import { useConfirmFingerprint } from '@/api/federations';
import type { Site } from '@/api/types';
import { Fingerprint } from '@/ui/Fingerprint';

interface Props {
  federation: string;
  site: Site;
}

/** Only a fingerprint that a person compared out of band counts towards the least number of sites. */
export function SiteFingerprint({ federation, site }: Props) {
  const confirm = useConfirmFingerprint(federation);
  const { id, name, fingerprint, confirmed } = site;
  return (
    <Fingerprint
      value={fingerprint}
      name={name}
      confirmed={confirmed}
      command="primia site status"
      busy={confirm.isPending}
      error={confirm.error?.message ?? null}
      onConfirm={(compared, done) => confirm.mutate({ site: id, fingerprint: compared }, { onSuccess: done })}
    />
  );
}
