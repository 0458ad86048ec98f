import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, everyPage, got } from './http';
import type { Node, NodeInvitation, NodeRole } from './types';

const HEARTBEAT_REFRESH_MS = 5_000;

export const nodesQuery = (federation: string | undefined) =>
  queryOptions({
    queryKey: ['nodes', federation ?? 'all'],
    queryFn: ({ signal }) =>
      everyPage<Node>(api.GET('/api/v1/nodes', { params: federation === undefined ? {} : { query: { federation } }, signal }), signal),
    refetchInterval: HEARTBEAT_REFRESH_MS,
  });

export interface NewInvitation {
  federation: string;
  role: NodeRole;
  name: string;
}

export function useInvite() {
  return useMutation({
    mutationFn: (body: NewInvitation) => got<NodeInvitation>(api.POST('/api/v1/node-invitations', { body })),
  });
}

export function useConfirmNode() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ node, fingerprint }: { node: string; fingerprint: string }) =>
      got<Node>(api.POST('/api/v1/nodes/{id}/confirm', { params: { path: { id: node } }, body: { fingerprint } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['nodes'] }),
  });
}
