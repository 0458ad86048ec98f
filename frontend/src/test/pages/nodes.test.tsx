import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { nodes } from '../desk/nodes';
import { renderApp } from '../render';
import { server } from '../server';

const answer = (rows: unknown[]) => server.use(http.get('*/api/v1/nodes', () => HttpResponse.json({ next: null, previous: null, results: rows })));

it('shows the four roles, what each never learns, and who has it', async () => {
  renderApp('/nodes');
  const p0 = await screen.findByRole('region', { name: 'Compute party P0' });
  expect(within(p0).getByText('image, weights, answer')).toBeVisible();
  expect(within(p0).getByText('Party north')).toBeVisible();
  expect(within(p0).getByRole('link', { name: /^key page at north\.example/ })).toHaveAttribute('href', 'https://north.example/.well-known/primia-node.json');
  expect(within(screen.getByRole('region', { name: 'Dealer' })).getByText('Dealer’s office')).toBeVisible();
  expect(screen.queryByText(/are on one host/)).toBeNull();
});

it('warns when roles that must stay apart are on one host', async () => {
  answer(nodes(Date.now(), new Set()).map((node) => ({ ...node, origin: node.origin === '' ? '' : 'http://127.0.0.1:7100', address: '127.0.0.1:7000' })));
  renderApp('/nodes');
  expect(await screen.findByText('P0, P1 and dealer are on one host, 127.0.0.1')).toBeVisible();
});

it('says in each role that nobody has it, and how somebody comes', async () => {
  answer([]);
  renderApp('/nodes');
  expect(await screen.findAllByText('No machine has this role yet. Invite one below.')).toHaveLength(4);
});

it('shows an invitation once, with what the machine’s people type', async () => {
  const { user } = renderApp('/nodes');
  await user.selectOptions(await screen.findByLabelText('Role'), 'dealer');
  await user.type(screen.getByLabelText('Who runs it'), 'Évora Trust');
  await user.click(screen.getByRole('button', { name: 'Make a token' }));
  expect(await screen.findByText('Token for Évora Trust as dealer: shown once, never again')).toBeVisible();
  const commands = screen.getByLabelText('Commands to type on the machine');
  expect(commands).toHaveTextContent('primia node init dealer --name "Évora Trust" --address HOST:PORT primia');
  expect(commands).toHaveTextContent(/--token primia-join-/);
  await user.click(screen.getByRole('button', { name: 'I have it' }));
  expect(document.body.textContent).not.toContain('primia-join-');
});

it('puts what the platform says of a field beside the field', async () => {
  const { user } = renderApp('/nodes');
  await user.type(await screen.findByLabelText('Who runs it'), 'refused');
  await user.click(screen.getByRole('button', { name: 'Make a token' }));
  expect(await screen.findByText('This name is not allowed.')).toBeVisible();
});

it('confirms the fingerprint that was compared, also when the platform tells another meanwhile', async () => {
  const { user, cache } = renderApp('/nodes');
  await user.click(await screen.findByRole('button', { name: 'Confirm the fingerprint of Party west' }));
  const dialog = screen.getByRole('dialog');
  const compared = within(dialog).getByText(/^([0-9a-f]{4} ){15}/).textContent;
  const other = 'ab'.repeat(32);
  answer(nodes(Date.now(), new Set()).map((node) => (node.name === 'Party west' ? { ...node, fingerprint: other } : node)));
  await cache.refetchQueries({ queryKey: ['nodes'] });
  expect(await screen.findByTitle(other)).toBeInTheDocument();
  expect(within(dialog).getByText(/^([0-9a-f]{4} ){15}/)).toHaveTextContent(compared);
  let sent: unknown;
  server.use(
    http.post('*/api/v1/nodes/:id/confirm', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ code: 'node.fingerprint_differs', message: 'This is not the fingerprint of that node.' }, { status: 400 });
    }),
  );
  await user.click(within(dialog).getByRole('button', { name: 'They are the same' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('This is not the fingerprint of that node.');
  expect(sent).toEqual({ fingerprint: compared.replaceAll(' ', '') });
});

it('confirms a fingerprint only after the whole of it was shown', async () => {
  const { user } = renderApp('/nodes');
  await user.click(await screen.findByRole('button', { name: 'Confirm the fingerprint of Party west' }));
  const dialog = screen.getByRole('dialog');
  expect(dialog.textContent).toMatch(/([0-9a-f]{4} ){15}[0-9a-f]{4}/);
  await user.click(within(dialog).getByRole('button', { name: 'They are the same' }));
  await waitFor(() => expect(screen.queryByText('! not confirmed')).toBeNull());
});
