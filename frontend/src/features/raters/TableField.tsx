import { type ReactNode, useId, useRef, useState } from 'react';
import styles from './Raters.module.css';

interface Props {
  label: string;
  description: ReactNode;
  error: ReactNode;
  onText: (text: string) => void;
}

/** A CSV from the coordinator's disk, read here as text. */
export function TableField({ label, description, error, onText }: Props) {
  const id = useId();
  const [name, setName] = useState<string | null>(null);
  const wanted = useRef<File>(undefined);
  // Until a table is read there is none: neither the one before it nor one that was chosen earlier and is read later.
  const read = async (file: File | undefined) => {
    wanted.current = file;
    setName(file?.name ?? null);
    onText('');
    if (file === undefined) return;
    const text = await file.text();
    if (wanted.current === file) onText(text);
  };
  return (
    <div className={styles.table}>
      <label htmlFor={id}>{label}</label>
      <small id={`${id}-about`}>{description}</small>
      <input id={id} type="file" accept=".csv,text/csv" aria-describedby={`${id}-about`} aria-invalid={error != null && error !== ''} onChange={({ currentTarget }) => void read(currentTarget.files?.[0])} />
      {name !== null && <span className="visually-hidden">{name} chosen</span>}
      {error != null && error !== '' && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}
