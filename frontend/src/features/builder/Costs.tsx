import type { Preview } from '@/api/types';
import { bytes, count, durationRange, plural } from '@/lib/format';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';
import styles from './Costs.module.css';

interface Props {
  preview: Preview;
  secure: boolean;
}

export function Costs({ preview, secure }: Props) {
  const { seconds_round: seconds, dropouts_tolerated: dropouts } = preview;
  const facts = [
    { name: 'Sites', value: count(preview.sites) },
    { name: 'Parameters', value: count(preview.parameters) },
    { name: 'Up from each site', value: `${bytes(preview.upload_bytes_round)} a round, ${bytes(preview.upload_bytes_total)} in all` },
    { name: 'Down to each site', value: `${bytes(preview.download_bytes_round)} a round` },
    { name: 'Time a round', value: seconds === null ? 'known after the first job of this kind' : durationRange(seconds.low, seconds.high) },
    { name: 'Time in all', value: seconds === null ? '–' : durationRange(seconds.low * preview.rounds, seconds.high * preview.rounds) },
    ...(secure
      ? [
          { name: 'Dropouts borne', value: dropouts === 0 ? 'none: a round waits for every site' : plural(dropouts, 'site') },
          { name: 'Colluding sites borne', value: `${count(preview.colluders)}, even with a dishonest hub` },
        ]
      : []),
  ];
  return (
    <div className={styles.costs}>
      <Facts facts={facts} />
      {preview.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
    </div>
  );
}
