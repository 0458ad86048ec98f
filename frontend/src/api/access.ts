import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, everyPage, got } from './http';
import type { NewToken, NewWebhook, Scope, Token, Webhook, WebhookDelivery, WebhookKind } from './types';

/** What programs of the person who is logged in may do, and what they are told. */

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => everyPage<Token>(api.GET('/api/v1/auth/tokens', { signal }), signal),
});

export function useCreateToken() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; scopes: Scope[]; expires_at: string | null; diagnoses_per_day: number | null }) => got<NewToken>(api.POST('/api/v1/auth/tokens', { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useRevokeToken() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => got<undefined>(api.DELETE('/api/v1/auth/tokens/{id}', { params: { path: { id } }, parseAs: 'text' })),
    onSuccess: () => cache.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

const DELIVERIES_REFRESH_MS = 2_000;

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => everyPage<Webhook>(api.GET('/api/v1/webhooks', { signal }), signal),
});

export const deliveriesQuery = (webhook: string) =>
  queryOptions({
    queryKey: ['webhooks', webhook, 'deliveries'],
    queryFn: ({ signal }) =>
      everyPage<WebhookDelivery>(api.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id: webhook } }, signal }), signal),
    refetchInterval: ({ state }) => (state.data?.some((one) => one.delivered_at === null && one.failed_at === null) ? DELIVERIES_REFRESH_MS : false),
  });

export function useCreateWebhook() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { url: string; kinds: WebhookKind[] }) => got<NewWebhook>(api.POST('/api/v1/webhooks', { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  });
}

export function useDeleteWebhook() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => got<undefined>(api.DELETE('/api/v1/webhooks/{id}', { params: { path: { id } }, parseAs: 'text' })),
    onSuccess: () => cache.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  });
}

export function useTestWebhook(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => got<WebhookDelivery>(api.POST('/api/v1/webhooks/{id}/test', { params: { path: { id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: deliveriesQuery(id).queryKey }),
  });
}
