import type { ReactNode } from 'react';
import { SiteMark } from './SiteMark';
import styles from './SiteName.module.css';

interface Props {
  name: string;
  colour: number | null;
  note?: ReactNode;
}

export function SiteName({ name, colour, note }: Props) {
  return (
    <span className={styles.site}>
      <SiteMark colour={colour} />
      <b>{name}</b>
      {note !== undefined && <small>{note}</small>}
    </span>
  );
}
