import type { AuditEntry } from '@/api/types';
import { shortHash } from '@/lib/format';

/** An audit entry's subject and detail as a person reads them: long hashes and ids by their beginning. */

const HASH = /^[0-9a-f]{64}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export function short(value: string): string {
  if (HASH.test(value)) return shortHash(value);
  return ID.test(value) ? value.slice(0, 8) : value;
}

function write(value: unknown): string {
  return typeof value === 'string' ? short(value) : JSON.stringify(value);
}

export function detailText({ detail }: AuditEntry): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${write(value)}`)
    .join(', ');
}

/** Which page shows the subject, where one does. */
export function placeOf({ action, subject }: AuditEntry): { kind: 'job' | 'model'; id: string } | null {
  if (!ID.test(subject)) return null;
  if (action.startsWith('job.') || action.startsWith('plan.')) return { kind: 'job', id: subject };
  return action.startsWith('model.') ? { kind: 'model', id: subject } : null;
}
