import type { Node } from '@/api/types';
import { NODE_ROLES } from '@/lib/roles';
import styles from './RoleBoard.module.css';
import { RoleCard } from './RoleCard';

interface Props {
  nodes: Node[];
  mayConfirm: boolean;
}

/** The four roles side by side, each with the machines that have it. */
export function RoleBoard({ nodes, mayConfirm }: Props) {
  return (
    <div className={styles.board}>
      {NODE_ROLES.map((role) => (
        <RoleCard key={role} role={role} nodes={nodes.filter((node) => node.role === role)} mayConfirm={mayConfirm} />
      ))}
    </div>
  );
}
