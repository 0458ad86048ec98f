import type { Token, Webhook, WebhookDelivery } from '../../api/types.ts';

/** The invented tokens and webhooks of whoever is logged in at the fixture hub. */

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

export const tokens = (now: number): Token[] => [
  { id: 'token-1', name: 'PACS bridge, ward 3', scopes: ['diagnoses', 'read'], diagnoses_per_day: 200, created_at: iso(now - 8 * DAY), expires_at: iso(now + 82 * DAY), last_used_at: iso(now - 41_000) },
  { id: 'token-2', name: 'nightly report', scopes: ['read'], diagnoses_per_day: null, created_at: iso(now - 40 * DAY), expires_at: null, last_used_at: iso(now - 9 * 3_600_000) },
  { id: 'token-3', name: 'first try', scopes: ['diagnoses'], diagnoses_per_day: null, created_at: iso(now - 60 * DAY), expires_at: iso(now - 30 * DAY), last_used_at: null },
];

export const webhooks = (now: number): Webhook[] => [
  { id: 'hook-1', url: 'https://pacs.aalborg.example/primia', kinds: ['diagnosis.answered', 'diagnosis.failed'], active: true, created_at: iso(now - 8 * DAY) },
];

export const deliveries = (now: number): WebhookDelivery[] => {
  const row = (index: number, change: Partial<WebhookDelivery>): WebhookDelivery => ({
    id: `delivery-${index}`,
    kind: 'diagnosis.answered',
    attempts: 1,
    created_at: iso(now - index * 47_000),
    next_at: iso(now - index * 47_000),
    delivered_at: iso(now - index * 47_000 + 200),
    failed_at: null,
    last_status: 204,
    ...change,
  });
  return [
    row(1, {}),
    row(2, {}),
    row(3, { kind: 'diagnosis.failed', attempts: 2 }),
    row(4, { attempts: 8, delivered_at: null, failed_at: iso(now - 100_000), last_status: 503 }),
  ];
};
