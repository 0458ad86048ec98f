import { Link } from '@tanstack/react-router';
import type { Node } from '@/api/types';
import { NODE_ROLES } from '@/lib/roles';
import { Card } from '@/ui/Card';
import type { PublishFormState } from './form';
import { NodeField } from './NodeField';
import styles from './PublishForm.module.css';

interface Props {
  form: PublishFormState;
  nodes: Node[];
}

export function NodeFields({ form, nodes }: Props) {
  return (
    <Card title="Machines" actions={<Link to="/nodes">all nodes</Link>}>
      <div className={styles.pairs}>
        {NODE_ROLES.map((role) => (
          <NodeField key={role} role={role} nodes={nodes.filter((node) => node.role === role)} form={form} />
        ))}
      </div>
    </Card>
  );
}
