import type { ReactNode } from 'react';
import { Notice } from '@/ui/Notice';
import type { Trouble } from './trouble';

interface Props {
  trouble: Trouble;
  actions?: ReactNode;
}

/** What went wrong, why, and what to do next. */
export function TroubleCard({ trouble, actions }: Props) {
  const { title, why, next, code } = trouble;
  return (
    <Notice tone="bad" role="alert" title={title} actions={actions}>
      <p>{why}</p>
      <p>
        <b>Next:</b> {next}
      </p>
      <p className="dim mono">{code}</p>
    </Notice>
  );
}
