import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '@/api/types';
import { detailText, placeOf, short } from './reading';

export function Subject({ entry }: { entry: AuditEntry }) {
  const place = placeOf(entry);
  const name = <span title={entry.subject}>{short(entry.subject)}</span>;
  return (
    <>
      {place === null && name}
      {place?.kind === 'job' && (
        <Link to="/jobs/$job" params={{ job: place.id }}>
          job {name}
        </Link>
      )}
      {place?.kind === 'model' && (
        <Link to="/models/$model" params={{ model: place.id }}>
          model {name}
        </Link>
      )}
      <div className="dim" title={JSON.stringify(entry.detail)}>
        {detailText(entry)}
      </div>
    </>
  );
}
