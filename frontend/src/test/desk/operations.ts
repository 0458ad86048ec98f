import type { Operations } from '../../api/types.ts';

/** An invented day of a service: quiet nights, a busy morning, an hour in which the dealer was away. */

const BUCKET_S = 900;
const BUCKETS = 96;
const FULL = 8;

/** Between 0 and 1, the same for the same place. */
const wobble = (a: number, b: number) => ((a * 7919 + b * 104_729 + 13) % 97) / 97;

/** How busy an hour of the day is, from 0 to 1. */
function busy(hour: number): number {
  if (hour < 6 || hour > 21) return 0.03;
  return Math.max(0.06, Math.exp(-((hour - 10) ** 2) / 9) + 0.55 * Math.exp(-((hour - 15) ** 2) / 7));
}

export function operations(now: number): Operations {
  const end = Math.floor(now / (BUCKET_S * 1000)) * BUCKET_S * 1000;
  const buckets = Array.from({ length: BUCKETS }, (_, index) => {
    const at = end - (BUCKETS - 1 - index) * BUCKET_S * 1000;
    const hour = (at / 3_600_000) % 24;
    const away = hour >= 10.5 && hour < 11.25;
    const asked = Math.round(11 * busy(hour) * (0.6 + 0.8 * wobble(index, 1)));
    return { at: new Date(at).toISOString(), hour, away, asked, failed: away ? Math.min(2, asked) : wobble(index, 5) > 0.97 ? Math.min(1, asked) : 0 };
  });
  // Each bucket uses up some of the stock; the dealer fills it again, unless it is away.
  let level = FULL;
  const stock = buckets.flatMap(({ at, away, asked }, index) => {
    const used = Math.min(level, away ? 2 : Math.min(5, Math.ceil(asked / 3)));
    if (used === 0 && level === FULL) return [];
    level -= used;
    const low = { at, p0: level, p1: Math.max(0, level - (wobble(index, 9) > 0.6 ? 1 : 0)) };
    if (away) return [low];
    level = FULL;
    return [low, { at: new Date(Date.parse(at) + 420_000).toISOString(), p0: FULL, p1: FULL }];
  });
  const answered = buckets.reduce((sum, { asked, failed }) => sum + asked - failed, 0);
  const failed = buckets.reduce((sum, one) => sum + one.failed, 0);
  return {
    since: new Date(now - 86_400_000).toISOString(),
    until: new Date(now).toISOString(),
    bucket_seconds: BUCKET_S,
    throughput: buckets.map((one) => ({ at: one.at, answered: one.asked - one.failed, failed: one.failed })),
    queue: buckets.map(({ at, away, asked }, index) => ({ at, waiting: away ? 3 + (index % 4) : asked > 6 ? Math.round(3 * wobble(index, 7)) : 0 })),
    stock_history: stock,
    steps: [
      { step: 'queue', n: answered, p50: 0.021, p90: 0.74, p99: 9.6 },
      { step: 'open', n: answered * 2, p50: 0.0041, p90: 0.0062, p99: 0.019 },
      { step: 'wait', n: answered * 2, p50: 0.018, p90: 0.12, p99: 0.61 },
      { step: 'prepare', n: answered * 2, p50: 0.0008, p90: 0.31, p99: 0.52 },
      { step: 'online', n: answered * 2, p50: 0.312, p90: 0.401, p99: 0.83 },
      { step: 'seal', n: answered * 2, p50: 0.0013, p90: 0.0019, p99: 0.0047 },
      { step: 'whole', n: answered, p50: 0.47, p90: 1.42, p99: 10.9 },
    ],
    failures: [
      { code: 'party.peer_absent', count: failed - 3, last_at: new Date(now - 2.9 * 3_600_000).toISOString() },
      { code: 'diagnosis.wrong_size', count: 2, last_at: new Date(now - 5.2 * 3_600_000).toISOString() },
      { code: 'mpc.peer_lost', count: 1, last_at: new Date(now - 9.4 * 3_600_000).toISOString() },
    ],
    answered,
    failed,
    expired: 0,
    per_minute: 0.6,
    waiting: 2,
    computing: 1,
  };
}
