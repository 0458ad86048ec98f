import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Policy, Profile, ProtocolName } from '@/lib/protocols';
import { settled } from './client';
import { api, everyPage, got } from './http';
import type { LogEntry, Operations, ProtocolPrice, Service, ServiceDetail, ServiceState } from './types';

export interface ServiceFilter {
  federation?: string;
  state?: ServiceState;
}

export interface NewService {
  model_version: string;
  title: string;
  intended_use: string;
  policy: Policy;
  protocol: ProtocolName;
  profile: Profile;
  owner: string;
  dealer: string;
  p0: string;
  p1: string;
  stock_low: number;
  stock_full: number;
  per_user_daily: number;
  expires_at: string;
}

/** A service that comes to be is looked at often, one that stands now and then, one that has ended once. */
const COMING = new Set<string>(['preparing', 'masking', 'sharing', 'opening', 'signing']);
const COMING_REFRESH_MS = 1_500;
const OPEN_REFRESH_MS = 5_000;
const OPERATIONS_REFRESH_MS = 10_000;

export const isComing = (state: string) => COMING.has(state);

function refresh(states: string[]): number | false {
  if (states.some(isComing)) return COMING_REFRESH_MS;
  return states.includes('open') ? OPEN_REFRESH_MS : false;
}

export const servicesQuery = (filter: ServiceFilter) =>
  queryOptions({
    queryKey: ['services', 'list', filter],
    queryFn: ({ signal }) => everyPage<Service>(api.GET('/api/v1/services', { params: { query: filter }, signal }), signal),
    refetchInterval: ({ state }) => refresh(state.data?.map((one) => one.state) ?? []),
  });

export const serviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['services', id],
    queryFn: ({ signal }) => got<ServiceDetail>(api.GET('/api/v1/services/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => refresh(state.data === undefined ? [] : [state.data.state]),
  });

/** What both parties and the countersigning sites have signed, as they signed it. */
export const signedDescriptorQuery = (service: string, digest: string) =>
  queryOptions({
    queryKey: ['services', service, 'descriptor', digest],
    queryFn: ({ signal }) => got<unknown>(api.GET('/api/v1/services/{id}/descriptor', { params: { path: { id: service } }, signal })),
  });

export const descriptorLogQuery = (service: string) =>
  queryOptions({
    queryKey: ['services', service, 'log'],
    queryFn: ({ signal }) => everyPage<LogEntry>(api.GET('/api/v1/descriptor-log', { params: { query: { service } }, signal }), signal),
  });

export const operationsQuery = (service: string) =>
  queryOptions({
    queryKey: ['services', service, 'operations'],
    queryFn: ({ signal }) => got<Operations>(api.GET('/api/v1/services/{id}/operations', { params: { path: { id: service } }, signal })),
    refetchInterval: OPERATIONS_REFRESH_MS,
  });

export const priceQuery = (asked: { model_version: string; policy: Policy; profile: Profile }) =>
  queryOptions({
    queryKey: ['services', 'price', asked],
    queryFn: () => got<ProtocolPrice[]>(api.POST('/api/v1/services/price', { body: asked })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (previous: ProtocolPrice[] | undefined) => previous,
  });

export function useCreateService() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewService) => got<ServiceDetail>(api.POST('/api/v1/services', { body })),
    onSuccess: (service) => {
      cache.setQueryData(serviceQuery(service.id).queryKey, service);
      return cache.invalidateQueries({ queryKey: ['services', 'list'] });
    },
  });
}

export function useCloseService(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => got<ServiceDetail>(api.POST('/api/v1/services/{id}/close', { params: { path: { id } } })),
    onSuccess: async (service) => {
      await settled(cache, serviceQuery(id).queryKey, service);
      return cache.invalidateQueries({ queryKey: ['services'] });
    },
  });
}

export function useRetryService(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => got<ServiceDetail>(api.POST('/api/v1/services/{id}/retry', { params: { path: { id } } })),
    onSuccess: async (service) => {
      await settled(cache, serviceQuery(id).queryKey, service);
      return cache.invalidateQueries({ queryKey: ['services', 'list'] });
    },
  });
}
