import { NativeSelect } from '@mantine/core';
import type { Node, NodeRole } from '@/api/types';
import { roleWords } from '@/lib/roles';
import { Hash } from '@/ui/Hash';
import { Heartbeat } from '@/ui/Heartbeat';
import type { PublishFormState } from './form';
import styles from './NodeField.module.css';

interface Props {
  role: NodeRole;
  nodes: Node[];
  form: PublishFormState;
}

/** One role: a machine whose key a person has confirmed. The others are named, and cannot be chosen. */
export function NodeField({ role, nodes, form }: Props) {
  const chosen = nodes.find(({ id }) => id === form.values[role]);
  const none = nodes.some(({ confirmed }) => confirmed) ? 'Choose one' : nodes.length === 0 ? 'None has joined yet' : 'None is confirmed yet';
  return (
    <div className={styles.field}>
      <NativeSelect
        label={roleWords(role).name}
        data={[
          ...(chosen === undefined ? [{ value: '', label: none }] : []),
          ...nodes.map(({ id, name, confirmed }) => ({ value: id, label: confirmed ? name : `${name}: key not confirmed`, disabled: !confirmed })),
        ]}
        {...form.getInputProps(role)}
      />
      {chosen !== undefined && (
        <div className={styles.under}>
          <Hash value={chosen.fingerprint} />
          <Heartbeat lastSeen={chosen.last_seen_at} />
        </div>
      )}
    </div>
  );
}
