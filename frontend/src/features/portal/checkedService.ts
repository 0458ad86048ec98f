import { queryOptions } from '@tanstack/react-query';
import { fetchLog, fetchSigned } from '@/api/diagnoses';
import { originVerdict } from '@/api/parties';
import type { JsonObject } from '@/diagnosis/canonical';
import { type CheckedService, checkSigned, type Descriptor } from '@/diagnosis/descriptor';
import { DiagnosisError } from '@/diagnosis/errors';
import { type LogEntry, verifyLog } from '@/diagnosis/log';
import { rememberLog, seenLog } from '@/diagnosis/vault';

/** A service after everything that this browser can verify of it by itself: signatures, log, and what the parties say at home. */

export interface Service extends CheckedService {
  readonly signed: JsonObject;
  readonly log: readonly LogEntry[];
}

export const checkedServiceQuery = (id: string) =>
  queryOptions({
    queryKey: ['services', id, 'checked'],
    queryFn: async ({ signal }): Promise<Service> => {
      // Before the log is asked for: what another tab sees of it meanwhile need not stand in this answer.
      const seen = await seenLog(id);
      const [signed, rows] = await Promise.all([fetchSigned(id, signal), fetchLog(id, signal)]);
      const checked = await checkSigned(signed);
      const log = await verifyLog(rows, seen);
      checkStanding(checked.descriptor, id, log);
      const last = log.at(-1);
      if (last !== undefined) await rememberLog({ service: id, seq: last.seq, entry: last.entry });
      return { ...checked, signed: signed as JsonObject, log };
    },
    staleTime: 60_000,
  });

function checkStanding({ service, digest, expires }: Descriptor, id: string, log: readonly LogEntry[]): void {
  if (service !== id) throw new DiagnosisError('descriptor.forged', `The platform has given the description of service ${service} for ${id}.`);
  if (!log.some((one) => one.kind === 'published' && one.digest === digest)) {
    throw new DiagnosisError('descriptor.log', `The description that the platform gives (${digest.slice(0, 16)}) does not stand in the public log of this service.`);
  }
  if (expires.getTime() <= Date.now()) throw new DiagnosisError('service.expired', `The service expired at ${expires.toISOString().slice(0, 16).replace('T', ' ')} UTC.`);
}

export const originQuery = (descriptor: Descriptor, party: 0 | 1) =>
  queryOptions({
    queryKey: ['origin', descriptor.digest, party],
    queryFn: () => originVerdict(descriptor.parties[party], descriptor),
    staleTime: 60_000,
  });
