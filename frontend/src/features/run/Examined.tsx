import { Link } from '@tanstack/react-router';
import type { Job, ModelOfEvidence } from '@/api/types';

interface Props {
  job: Job;
  model: ModelOfEvidence;
}

/** Which model a job looks at, and on which images. */
export function Examined({ job: { kind, settings }, model }: Props) {
  const split = kind === 'evaluate' ? settings.evaluation?.split : settings.audit?.split;
  return (
    <>
      {kind === 'evaluate' ? 'Evaluation' : 'Attack audit'} of{' '}
      <Link to="/models/$model" params={{ model: model.id }}>
        {model.name}, version {model.number}
      </Link>
      {split !== undefined && ` on ${split} images`}, {settings.data.image_size} px
    </>
  );
}
