import type { Operations } from '@/api/types';

/** Which part of the day is drawn. */

const LEAST_MS = 3_600_000;

/** A service that is younger than a day fills its charts from the hour in which it was opened. */
export function sinceOpen(operations: Operations, opened: string): Operations {
  const bucket = operations.bucket_seconds * 1000;
  const wanted = Math.min(Date.parse(opened), Date.parse(operations.until) - LEAST_MS);
  const whole = Math.floor((wanted - Date.parse(operations.since)) / bucket);
  if (whole <= 0) return operations;
  const since = Date.parse(operations.since) + whole * bucket;
  const later = ({ at }: { at: string }) => Date.parse(at) >= since;
  return { ...operations, since: new Date(since).toISOString(), throughput: operations.throughput.filter(later), queue: operations.queue.filter(later) };
}
