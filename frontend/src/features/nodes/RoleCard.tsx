import type { Node, NodeRole } from '@/api/types';
import { roleWords } from '@/lib/roles';
import { Card } from '@/ui/Card';
import { NodeEntry } from './NodeEntry';
import styles from './RoleCard.module.css';

interface Props {
  role: NodeRole;
  nodes: Node[];
  mayConfirm: boolean;
}

export function RoleCard({ role, nodes, mayConfirm }: Props) {
  const { name, does, sees, never } = roleWords(role);
  return (
    <Card title={name}>
      <p className={styles.does}>{does}</p>
      <dl className={styles.learns}>
        <dt>Learns</dt>
        <dd>{sees}</dd>
        <dt>Never learns</dt>
        <dd>{never}</dd>
      </dl>
      {nodes.length === 0 ? (
        <p className={styles.none}>No machine has this role yet. Invite one below.</p>
      ) : (
        <ul className={styles.nodes}>
          {nodes.map((node) => (
            <NodeEntry key={node.id} node={node} mayConfirm={mayConfirm} />
          ))}
        </ul>
      )}
    </Card>
  );
}
