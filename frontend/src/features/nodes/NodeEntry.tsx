import { useConfirmNode } from '@/api/nodes';
import type { Node } from '@/api/types';
import { Fingerprint } from '@/ui/Fingerprint';
import { Heartbeat } from '@/ui/Heartbeat';
import styles from './NodeEntry.module.css';

interface Props {
  node: Node;
  mayConfirm: boolean;
}

/** One machine: when it was heard, its key, where it can be asked for that key. */
export function NodeEntry({ node, mayConfirm }: Props) {
  const confirm = useConfirmNode();
  const { id, name, slug, fingerprint, confirmed, origin, address, agent_version } = node;
  const where = [address === '' ? null : `peers reach it at ${address}`, agent_version === '' ? null : `version ${agent_version}`].filter((one) => one !== null);
  return (
    <li className={styles.node}>
      <div className={styles.head}>
        <b>{name}</b>
        <span className="dim">{slug}</span>
        <Heartbeat lastSeen={node.last_seen_at} />
      </div>
      <Fingerprint
        value={fingerprint}
        name={name}
        confirmed={confirmed}
        command="primia node status"
        mayConfirm={mayConfirm}
        busy={confirm.isPending}
        error={confirm.error?.message ?? null}
        onConfirm={(compared, done) => confirm.mutate({ node: id, fingerprint: compared }, { onSuccess: done })}
      />
      <div className={styles.where}>
        {origin !== '' && (
          <a href={`${origin}/.well-known/primia-node.json`} target="_blank" rel="noreferrer">
            key page at {origin.replace(/^https?:\/\//, '')}
            <span className="visually-hidden">{`, of ${name}, in a new tab`}</span>
          </a>
        )}
        {where.length > 0 && <span>{where.join(', ')}</span>}
      </div>
    </li>
  );
}
