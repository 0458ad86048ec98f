import type { AuditPicture } from '@/api/documents';
import { metric } from '@/lib/format';
import styles from './PicturesCard.module.css';

const PNG = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/;

/** One attacked picture. Only pictures that stand in the document itself are shown; none is fetched from elsewhere. */
export function Victim({ picture: { original, reconstruction, null: other, mse, ssim, identified, victim } }: { picture: AuditPicture }) {
  const shown = [
    { name: 'original', source: original },
    { name: 'reconstruction', source: reconstruction },
    { name: 'best other', source: other },
  ];
  return (
    <figure className={styles.victim} data-found={identified}>
      <div className={styles.three}>
        {shown.map(({ name, source }) => (
          <div key={name}>
            {PNG.test(source) ? <img src={source} alt={`Picture ${victim + 1}: ${name}`} /> : <span className={styles.none}>no picture</span>}
            <small>{name}</small>
          </div>
        ))}
      </div>
      <figcaption>
        <b>{identified ? '✕ found again' : '✓ not found'}</b> error {metric(mse)}, SSIM {metric(ssim)}
      </figcaption>
    </figure>
  );
}
