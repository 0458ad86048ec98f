import { checkSigned } from '@/diagnosis/descriptor';
import { diagnosticReport } from '@/diagnosis/fhir';
import type { Remembered } from '@/diagnosis/vault';
import { toCsv } from '@/lib/csv';

/** Results as files for other systems: FHIR R4 and CSV. They are written by this page, for whoever sits before it. */

export async function fhirOf(record: Remembered): Promise<Record<string, unknown> | null> {
  if (record.result === null || record.openedAt === null) return null;
  const { descriptor } = await checkSigned(record.signed);
  return diagnosticReport({ diagnosis: record.id, descriptor, result: record.result, issued: new Date(record.openedAt), source: record.source });
}

export async function fhirBundle(records: readonly Remembered[]): Promise<Record<string, unknown>> {
  const reports = await Promise.all(records.map(async (record) => ({ id: record.id, report: await fhirOf(record) })));
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: reports.flatMap(({ id, report }) => (report === null ? [] : { fullUrl: `urn:uuid:${id}`, resource: report })),
  };
}

export interface Line {
  readonly source: string;
  readonly state: string;
  readonly record: Remembered | null;
  readonly reason: string;
}

/** One line a picture, also for those that were refused or failed; one column a class. */
export function csvOf(lines: readonly Line[]): string {
  const classes = lines.flatMap(({ record }) => record?.result?.probabilities?.map(({ name }) => name) ?? []);
  const names = [...new Set(classes)];
  const rows = lines.map(({ source, state, record, reason }) => {
    const result = record?.result ?? null;
    const of = (name: string) => result?.probabilities?.find((one) => one.name === name)?.value;
    return [source, state, result?.label, ...names.map(of), result?.certainty, result?.entropy, result === null ? null : result.implausible, record?.id, record?.openedAt, reason];
  });
  return toCsv(['picture', 'state', 'label', ...names.map((name) => `probability of ${name}`), 'certainty', 'entropy', 'implausible', 'diagnosis', 'opened', 'reason'], rows);
}
