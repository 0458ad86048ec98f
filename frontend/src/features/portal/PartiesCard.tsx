import type { OriginVerdict } from '@/api/parties';
import { dateTime, longHash, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip, type Tone } from '@/ui/Chip';
import type { Service } from './checkedService';
import styles from './PartiesCard.module.css';

const VERDICTS: Record<OriginVerdict | 'asking', { tone: Tone; words: string }> = {
  asking: { tone: 'plain', words: '○ asking at its own address' },
  same: { tone: 'ok', words: '✓ says the same at its own address' },
  differs: { tone: 'bad', words: '✕ says other keys at its own address' },
  unsigned: { tone: 'bad', words: '✕ does not know this service at its own address' },
  unreachable: { tone: 'warn', words: '! could not be asked at its own address' },
};

interface Props {
  service: Service;
  verdicts: readonly [OriginVerdict | undefined, OriginVerdict | undefined];
}

/** Who computes: keys as the platform tells them, compared with what each institution says where the platform has no say. */
export function PartiesCard({ service, verdicts }: Props) {
  const { descriptor, signatures, log } = service;
  const sites = signatures.filter(({ role }) => role === 'site').map(({ name }) => name);
  return (
    <Card title="Who computes" actions={<span className="dim">{`${plural(signatures.length, 'signature')} and ${plural(log.length, 'log entry', 'log entries')} verified here`}</span>}>
      <ul>
        {descriptor.parties.map(({ name, origin, fingerprint }, index) => {
          const { tone, words } = VERDICTS[verdicts[index] ?? 'asking'];
          return (
            <li key={fingerprint} className={styles.party}>
              <div className={styles.head}>
                <b>{name}</b>
                <Chip tone={tone}>{words}</Chip>
              </div>
              <span className={styles.origin}>{origin}</span>
              <span className={styles.fingerprint} aria-label={`Fingerprint of ${name}`}>
                {longHash(fingerprint)}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="dim">
        {sites.length === 0 ? 'No hospital has countersigned yet.' : `Countersigned by ${sites.join(' and ')}, who have compared these fingerprints.`} Signed {dateTime(descriptor.created)}, good until {dateTime(descriptor.expires)}. Compare a fingerprint with its institution by telephone if you want to be sure.
      </p>
    </Card>
  );
}
