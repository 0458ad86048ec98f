import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { useLogIn } from '@/api/session';
import { Notice } from '@/ui/Notice';
import styles from './LogInPage.module.css';

export function LogInPage({ onLoggedIn }: { onLoggedIn: () => void }) {
  const logIn = useLogIn();
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (value) => (value.trim() === '' ? 'Enter your user name' : null),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  });
  useEffect(() => {
    document.title = 'Log in · PriMIA';
  }, []);
  return (
    <main className={styles.page}>
      <form className={styles.form} noValidate onSubmit={form.onSubmit((values) => logIn.mutate(values, { onSuccess: onLoggedIn }))}>
        <div>
          <h1>PriMIA</h1>
          <p className="dim">Hospitals train together. Every picture stays where it is.</p>
        </div>
        {logIn.error !== null && (
          <Notice tone="bad" role="alert" title="Not logged in">
            {logIn.error.message}
          </Notice>
        )}
        <TextInput label="User name" size="sm" autoComplete="username" autoFocus {...form.getInputProps('username')} />
        <PasswordInput
          label="Password"
          size="sm"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" variant="filled" size="sm" loading={logIn.isPending}>
          Log in
        </Button>
      </form>
    </main>
  );
}
