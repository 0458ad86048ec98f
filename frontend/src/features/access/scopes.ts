import type { Scope, WebhookKind } from '@/api/types';

/** What a token can be allowed, in words. */

export const SCOPES: { scope: Scope; text: string }[] = [
  { scope: 'diagnoses', text: 'submit diagnoses and collect their answers' },
  { scope: 'read', text: 'read what you may see' },
  { scope: 'services', text: 'publish and close diagnosis services' },
  { scope: 'jobs', text: 'create and control training jobs' },
  { scope: 'models', text: 'download weights' },
  { scope: 'federations', text: 'enrol and confirm sites' },
];

const DAY_MS = 86_400_000;

export const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'until revoked' },
];

export const expiry = (days: string, now: number): string | null => (days === '' ? null : new Date(now + Number(days) * DAY_MS).toISOString());

export const KINDS: { kind: WebhookKind; text: string }[] = [
  { kind: 'diagnosis.answered', text: 'an answer is ready' },
  { kind: 'diagnosis.failed', text: 'a diagnosis failed' },
  { kind: 'diagnosis.expired', text: 'an answer was not collected in time' },
];
