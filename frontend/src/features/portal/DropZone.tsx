import { type DragEvent, useId, useState } from 'react';
import styles from './DropZone.module.css';

interface Props {
  label: string;
  hint: string;
  folder?: boolean;
  disabled?: boolean;
  onFiles: (files: File[]) => void;
}

const ACCEPTED = '.jpg,.jpeg,.png,.dcm,.dicom,image/jpeg,image/png,application/dicom';

/** A place to drop pictures on, which is an ordinary file input for everybody who does not drag. */
export function DropZone({ label, hint, folder = false, disabled = false, onFiles }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) void filesOf(event.dataTransfer).then(onFiles);
  };
  return (
    <div
      className={styles.zone}
      data-over={over}
      data-off={disabled}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        id={id}
        type="file"
        disabled={disabled}
        {...(folder ? { multiple: true, webkitdirectory: '' } : { accept: ACCEPTED })}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <label htmlFor={id} className={styles.pick}>
        {label}
      </label>
      <p>{hint}</p>
    </div>
  );
}

/** Files that were dropped, those within dropped folders included. */
async function filesOf({ items, files }: DataTransfer): Promise<File[]> {
  const entries = Array.from(items).flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...files];
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(within))).flat());
  }
}
