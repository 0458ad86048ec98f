import type { Node } from '@/api/types';
import { roleWords } from '@/lib/roles';
import { Notice } from '@/ui/Notice';
import { sharedHosts } from './hosts';

/** Says so when roles that must be kept apart stand on one host: right for a demonstration, no privacy otherwise. */
export function SameOperator({ nodes }: { nodes: Node[] }) {
  return (
    <>
      {sharedHosts(nodes).map(({ host, nodes: there }) => (
        <Notice key={host} tone="warn" title={`${[...new Set(there.map(({ role }) => roleWords(role).short))].join(', ')} are on one host, ${host}`}>
          Whoever runs it can put together what these roles keep apart. That is fine for a demonstration with invented pictures. For patients, let different institutions run them.
        </Notice>
      ))}
    </>
  );
}
