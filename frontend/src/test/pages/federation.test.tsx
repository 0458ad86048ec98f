import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '../render';

const PATH = '/federations/0b6f6a54-7d2e-4c0e-9c33-2f7f7a3f1a01';

it('shows an enrolment token once, with what the hospital types', async () => {
  const { user } = renderApp(PATH);
  await user.type(await screen.findByLabelText('Name'), 'Évora General');
  expect(screen.getByLabelText('Short name')).toHaveValue('evora-general');
  await user.clear(screen.getByLabelText('Short name'));
  await user.type(screen.getByLabelText('Short name'), 'evora');
  await user.click(screen.getByRole('button', { name: 'Make a token' }));
  expect(await screen.findByText(/shown once, never again/)).toBeVisible();
  const commands = screen.getByLabelText('Commands to type at the hospital');
  expect(commands).toHaveTextContent('primia site init evora --name "Évora General"');
  expect(commands).toHaveTextContent(/primia site enrol --hub http\S+ --token pse_/);
  await user.click(screen.getByRole('button', { name: 'I have it' }));
  expect(document.body.textContent).not.toContain('pse_');
});

it('puts what the platform says of a field beside the field', async () => {
  const { user } = renderApp(PATH);
  await user.type(await screen.findByLabelText('Name'), 'Basel');
  await user.click(screen.getByRole('button', { name: 'Make a token' }));
  expect(await screen.findByText('This short name is taken.')).toBeVisible();
});

it('confirms a fingerprint only after the whole of it was shown', async () => {
  const { user } = renderApp(PATH);
  await user.click(await screen.findByRole('button', { name: 'Confirm the fingerprint of Delft' }));
  const dialog = screen.getByRole('dialog');
  expect(dialog.textContent).toMatch(/([0-9a-f]{4} ){15}[0-9a-f]{4}/);
  await user.click(within(dialog).getByRole('button', { name: 'They are the same' }));
  await waitFor(() => expect(screen.queryByText('! not confirmed')).toBeNull());
});
