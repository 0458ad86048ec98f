import type { Node } from '@/api/types';
import { NODE_ROLES, roleWords } from '@/lib/roles';
import { Notice } from '@/ui/Notice';
import { sharedHosts } from './hosts';

/** In the order in which the page shows them: "P0, P1 and dealer". */
function rolesOf(nodes: Node[]): string {
  const names = NODE_ROLES.filter((role) => nodes.some((node) => node.role === role)).map((role) => roleWords(role).short);
  return names.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** Says so when roles that must be kept apart stand on one host: right for a demonstration, no privacy otherwise. */
export function SameOperator({ nodes }: { nodes: Node[] }) {
  return (
    <>
      {sharedHosts(nodes).map(({ host, nodes: there }) => (
        <Notice key={host} tone="warn" title={`${rolesOf(there)} are on one host, ${host}`}>
          Whoever runs it can put together what these roles keep apart. That is fine for a demonstration with invented pictures. For patients, let different institutions run them.
        </Notice>
      ))}
    </>
  );
}
