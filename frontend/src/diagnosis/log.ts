import { hex } from './bytes.ts';
import { canonicalJson } from './canonical.ts';
import { purpose, sha256 } from './digest.ts';
import { DiagnosisError } from './errors.ts';
import { HEX64, Misfit, object, oneOf, text, UUID, whole } from './reading.ts';

/** The log of a service's descriptors: entries in order, each naming the one before. */

export interface LogEntry {
  readonly seq: number;
  readonly kind: 'published' | 'countersigned' | 'closed';
  readonly service: string;
  readonly digest: string;
  readonly previous: string;
  readonly detail: Readonly<Record<string, string | number>>;
  readonly at: string;
  readonly entry: string;
}

export const BEGINNING = '0'.repeat(64);
const FIELDS = ['seq', 'kind', 'service', 'digest', 'previous', 'detail', 'at', 'entry'];

/**
 * Checks a service's whole log.
 *
 * `known` is the last entry that this device has seen before; it must still be there. Whoever keeps the log can show
 * two readers two logs; they find out when they compare their last entries.
 */
export async function verifyLog(entries: readonly unknown[], known?: { seq: number; entry: string }): Promise<LogEntry[]> {
  const read = entries.map(readEntry);
  let [previous, seq] = [BEGINNING, 0];
  for (const entry of read) {
    if (entry.seq !== seq + 1 || entry.previous !== previous || entry.service !== read[0]?.service) {
      throw broken(`after entry ${seq} of the descriptor log comes one that does not follow it (${entry.seq})`);
    }
    if ((await hashOf(entry)) !== entry.entry) throw broken(`entry ${entry.seq} of the descriptor log was changed after it was written`);
    [previous, seq] = [entry.entry, entry.seq];
  }
  if (known !== undefined && read[known.seq - 1]?.entry !== known.entry) {
    throw broken(`entry ${known.seq} of the descriptor log is not the one that this device has seen before; the log was rewritten`);
  }
  return read;
}

export async function hashOf({ entry: _, ...rest }: LogEntry): Promise<string> {
  return hex(await sha256(purpose('primia descriptor log v1'), canonicalJson(rest)));
}

function readEntry(value: unknown): LogEntry {
  try {
    const row = object(value, 'a row', FIELDS);
    const detail = object(row.detail, 'detail');
    for (const [name, one] of Object.entries(detail)) if (typeof one !== 'string' && typeof one !== 'number') throw new Misfit(`detail.${name} is neither text nor number`);
    return {
      seq: whole(row, 'seq'),
      kind: oneOf(row, 'kind', ['published', 'countersigned', 'closed']),
      service: text(row, 'service', UUID),
      digest: text(row, 'digest', HEX64),
      previous: text(row, 'previous', HEX64),
      detail: detail as Record<string, string | number>,
      at: text(row, 'at'),
      entry: text(row, 'entry', HEX64),
    };
  } catch (error) {
    throw broken(`a row of the descriptor log cannot be used: ${error instanceof Error ? error.message : 'not readable'}`);
  }
}

const broken = (what: string) => new DiagnosisError('descriptor.log', `${what[0]?.toUpperCase() ?? ''}${what.slice(1)}. Do not use the service, and tell its operator.`);
