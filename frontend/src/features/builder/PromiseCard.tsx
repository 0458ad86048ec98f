import { Link } from '@tanstack/react-router';
import type { PrivacyPreview } from '@/api/types';
import { count, epsilon, plural, sentence, smallChance } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';
import { ForecastTable } from './ForecastTable';
import styles from './PromiseCard.module.css';

const UNITS = { patient: 'a patient with all images', image: 'a single image' } as const;
const MODES = { local: 'local, in every step of a site', distributed: 'distributed, in the sum of all sites' } as const;

interface Props {
  privacy: PrivacyPreview;
  nameOf: (slug: string) => string;
}

/** What the job would spend of privacy, at which site, and what it releases outside of the promise. */
export function PromiseCard({ privacy, nameOf }: Props) {
  const { mode, unit, delta, rounds, steps, honest_sites: honest, sites } = privacy;
  const over = sites.filter(({ would_pass }) => would_pass).length;
  return (
    <Card title="What it would spend">
      <div className={styles.parts}>
        <dl className={styles.figures}>
          <div>
            <dt>ε of this job</dt>
            <dd>{epsilon(privacy.epsilon_pld)}</dd>
            <dd className="dim">of record, by PLD</dd>
          </div>
          <div>
            <dt>by RDP</dt>
            <dd className={styles.beside}>{epsilon(privacy.epsilon_rdp)}</dd>
            <dd className="dim">looser bound</dd>
          </div>
          <div>
            <dt>at δ</dt>
            <dd className={styles.beside}>{smallChance(delta)}</dd>
          </div>
        </dl>
        {privacy.would_pass && (
          <Notice tone="warn" role="status" title="This job would pass the budget">
            {`It cannot be sent: ${plural(over, 'site')} would have to stop it. Take more noise, fewer rounds or a lower sampling rate.`}
          </Notice>
        )}
        <ForecastTable sites={sites} nameOf={nameOf} />
        <Facts
          facts={[
            { name: 'Hides', value: UNITS[unit] },
            { name: 'Noise', value: MODES[mode] },
            { name: 'Noisy steps', value: `${count(steps)} in ${plural(rounds, 'round')}` },
            ...(honest !== null ? [{ name: 'Enough noise from', value: `${plural(honest, 'honest site')} in a sum` }] : []),
          ]}
        />
        <section aria-labelledby="released">
          <h3 id="released">Released without noise</h3>
          <ul className={styles.released}>
            {privacy.released_without_dp.map((what) => (
              <li key={what}>{sentence(what)}</li>
            ))}
          </ul>
        </section>
        <Link to="/privacy-ledger" className={styles.link}>
          What has been spent so far
        </Link>
      </div>
    </Card>
  );
}
