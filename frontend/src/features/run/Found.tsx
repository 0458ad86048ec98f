import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Job } from '@/api/types';
import { Notice } from '@/ui/Notice';

/** The way from a job that examined a model to what it found. */
export function Found({ job: { evaluation, attack_audit: audit } }: { job: Job }) {
  if (evaluation !== null) {
    return (
      <Notice tone="ok" title="The model’s answers are counted" actions={<Button variant="filled" renderRoot={(props) => <Link to="/evaluations/$evaluation" params={{ evaluation }} {...props} />}>See the evaluation</Button>}>
        The sum over all sites is opened and kept with the model.
      </Notice>
    );
  }
  if (audit !== null) {
    return (
      <Notice tone="ok" title="The attack is done" actions={<Button variant="filled" renderRoot={(props) => <Link to="/attack-audits/$audit" params={{ audit }} {...props} />}>See the audit</Button>}>
        The figures over all sites are kept with the model. Each hospital finds its own pictures in its site folder.
      </Notice>
    );
  }
  return null;
}
