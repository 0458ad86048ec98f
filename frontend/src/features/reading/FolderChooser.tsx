import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { Notice } from '@/ui/Notice';
import { canPickFolder, pickFolder } from './pictures';
import styles from './Preparation.module.css';

interface Props {
  disabled: boolean;
  onFiles: (files: File[]) => void;
}

/** The reader's own files: a folder, read alone where the browser knows that, or single files. */
export function FolderChooser({ disabled, onFiles }: Props) {
  const [folderId, filesId] = [useId(), useId()];
  const [problem, setProblem] = useState<string | null>(null);
  const pick = () => {
    setProblem(null);
    pickFolder().then(
      (files) => files !== null && onFiles(files),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  const input = (id: string, label: string, folder: boolean) => (
    <span className={styles.file}>
      <input
        id={id}
        type="file"
        multiple
        disabled={disabled}
        {...(folder && { webkitdirectory: '' })}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <label htmlFor={id}>{label}</label>
    </span>
  );
  return (
    <>
      <div className={styles.choosers}>
        {canPickFolder() ? (
          <Button variant="filled" size="sm" disabled={disabled} onClick={pick}>
            Open the folder
          </Button>
        ) : (
          input(folderId, 'Open the folder', true)
        )}
        {input(filesId, 'Choose files', false)}
      </div>
      {problem !== null && (
        <Notice tone="bad" role="alert" title="The folder could not be read">
          {problem}
        </Notice>
      )}
    </>
  );
}
