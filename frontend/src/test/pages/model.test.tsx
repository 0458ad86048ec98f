import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp } from '../render';
import { server } from '../server';

const PAGE = '/models/model-c702';

it('a model says which rounds it comes from', async () => {
  renderApp(PAGE);
  const card = await screen.findByRole('region', { name: 'Where it comes from' });
  expect(within(card).getByText(/the weights are those of round/)).toBeVisible();
});

it('a question stays the one that was asked when somebody else publishes the version meanwhile', async () => {
  let state = 'draft';
  server.use(
    http.get('*/api/v1/models/:id', async ({ request }) => {
      if (request.headers.has('x-inner')) return undefined;
      const model = (await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as object;
      return HttpResponse.json({ ...model, state });
    }),
  );
  const { user, cache } = renderApp(PAGE);
  await user.click(await screen.findByRole('button', { name: 'Publish' }));
  const dialog = screen.getByRole('dialog', { name: 'Publish this version?' });
  state = 'published';
  await cache.refetchQueries({ queryKey: ['models', 'model-c702'] });
  expect(await screen.findByRole('button', { name: 'Retire' })).toBeInTheDocument();
  expect(dialog).toHaveAccessibleName('Publish this version?');
  expect(within(dialog).getByRole('button', { name: 'Publish' })).toBeVisible();
});

it('a model that no rounds have made says so, and shows the rest', async () => {
  server.use(http.get('*/api/v1/models/:id', async ({ request }) => {
    if (request.headers.has('x-inner')) return undefined;
    const model = (await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as { card: object };
    const { card } = model as { card: { best_round?: number } };
    delete card.best_round;
    return HttpResponse.json({ ...model, card, lineage: {}, test: null });
  }));
  renderApp(PAGE);
  const card = await screen.findByRole('region', { name: 'Where it comes from' });
  expect(within(card).getByText(/not recorded/)).toBeVisible();
  expect(within(card).queryByText('Rounds')).toBeNull();
  expect(screen.getByRole('region', { name: 'What it is' })).toBeVisible();
});
