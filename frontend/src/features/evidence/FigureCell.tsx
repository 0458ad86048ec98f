import type { Figure } from '@/api/documents';
import { interval, metric } from '@/lib/format';
import { methodName } from './names';

/** A value with its interval below; which method gave it is said on pointing. */
export function FigureCell({ figure: { value, low, high, method } }: { figure: Figure }) {
  if (value === null) return <span className="dim">not defined</span>;
  return (
    <span title={methodName(method)}>
      {metric(value)} {low !== null && <span className="dim">{interval(low, high)}</span>}
    </span>
  );
}
