import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRetryService } from '@/api/services';
import { useRoles } from '@/api/session';
import type { ServiceDetail } from '@/api/types';
import styles from './TryAgain.module.css';

/** Begins publishing anew with the same choices, or with others on the form. */
export function TryAgain({ service }: { service: ServiceDetail }) {
  const retry = useRetryService(service.id);
  const roles = useRoles(service.federation.id);
  if (!roles.includes('coordinator')) return null;
  return (
    <div className={styles.again}>
      <Button loading={retry.isPending} onClick={() => retry.mutate()}>
        Try again
      </Button>
      <Link to="/services/new" search={{ model: service.model.id }}>
        or publish the model with other choices
      </Link>
      {retry.error !== null && <span role="alert">{retry.error.message}</span>}
    </div>
  );
}
