import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useLogOut } from '@/api/session';
import styles from './LogOut.module.css';

export function LogOut({ name }: { name: string }) {
  const logOut = useLogOut();
  const navigate = useNavigate();
  const leave = () => {
    logOut.mutate(undefined, { onSuccess: () => void navigate({ to: '/log-in', search: {} }) });
  };
  return (
    <div className={styles.who}>
      <span title={name}>{name}</span>
      <Button size="compact-xs" loading={logOut.isPending} onClick={leave}>
        Log out
      </Button>
    </div>
  );
}
