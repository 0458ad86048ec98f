import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { renderApp } from '../render';
import { server } from '../server';

const PATH = '/services/new?model=model-c702';

describe('publishing a service', () => {
  it('is offered on the page of a published model', async () => {
    const { user, where } = renderApp('/models/model-c702');
    await user.click(await screen.findByRole('link', { name: 'Offer it for diagnosis' }));
    expect(await screen.findByRole('heading', { name: 'Publish a diagnosis service' })).toBeVisible();
    expect(where()).toBe(PATH);
  });

  it('shows what an image must be, from the model’s card', async () => {
    renderApp(PATH);
    expect(await screen.findByText(/made 224 × 224 pixels/)).toBeVisible();
    expect(screen.getByText('mean 0.4823, standard deviation 0.2361')).toBeVisible();
    expect(screen.getByText('normal, bacterial, viral')).toBeVisible();
  });

  it('sets protocols side by side, and prices the chosen one for a full stock', async () => {
    const { user } = renderApp(PATH);
    const tables = await screen.findByRole('row', { name: /^Tables Least stock/ });
    await waitFor(() => expect(tables).toHaveTextContent('6915.8 MBnone96.9 MB0.25 s'));
    expect(await screen.findByText('nothing at P0, 776 MB at P1, for 8 images')).toBeVisible();
    await user.click(screen.getByRole('radio', { name: /^Function secret sharing, one round/ }));
    expect(screen.getByText('7.52 GB at P0, 7.97 GB at P1, for 8 images')).toBeVisible();
    expect(screen.getByText(/estimated by the owner/)).toBeVisible();
  });

  it('says who learns what under each policy', async () => {
    const { user } = renderApp(PATH);
    const table = within(await screen.findByRole('region', { name: 'Who learns what from a diagnosis' }));
    expect(table.getByRole('row', { name: /^The answer/ })).toHaveTextContent('probabilities');
    await user.click(screen.getByRole('radio', { name: /^Label only/ }));
    expect(table.getByRole('row', { name: /^The answer/ })).toHaveTextContent('the label');
  });

  it('offers only machines whose key is confirmed', async () => {
    renderApp(PATH);
    const select = await screen.findByLabelText('Compute party P1');
    expect(within(select).getByRole('option', { name: 'Party west: key not confirmed' })).toBeDisabled();
    expect(select).toHaveDisplayValue('Party south');
  });

  it('refuses what cannot be, beside the field and before sending', async () => {
    const { user, where } = renderApp(PATH);
    await user.clear(await screen.findByLabelText(/^Title/));
    await user.clear(screen.getByLabelText('Fill it up to'));
    await user.type(screen.getByLabelText('Fill it up to'), '2');
    await user.click(screen.getByRole('button', { name: 'Publish' }));
    expect(screen.getByText('Give the service a title that those who ask it understand')).toBeVisible();
    expect(screen.getByText('Not below 3, at which refilling begins')).toBeVisible();
    expect(where()).toBe(PATH);
  });

  it('puts what the platform refuses beside its field', async () => {
    const { user } = renderApp(PATH);
    await user.clear(await screen.findByLabelText(/^Title/));
    await user.type(screen.getByLabelText(/^Title/), 'taken');
    await user.click(screen.getByRole('button', { name: 'Publish' }));
    expect(await screen.findByText('A service of this title is open.')).toBeVisible();
  });

  it('goes to the page on which the steps are seen', async () => {
    const { user, where } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'Publish' }));
    expect(await screen.findByText('0 of 5 steps done')).toBeVisible();
    expect(where()).toMatch(/^\/services\/00000000/);
  });

  it('can still be done when the price cannot be counted', async () => {
    server.use(http.post('*/api/v1/services/price', () => HttpResponse.json({ code: 'backend.unavailable', message: 'The counting is away.' }, { status: 503 })));
    renderApp(PATH);
    expect(await screen.findByText('What it costs could not be counted')).toBeVisible();
    expect(screen.getByRole('radio', { name: /^Tables Least/ })).toBeChecked();
    expect(screen.getByRole('button', { name: 'Publish' })).toBeEnabled();
  });

  it('says what is missing to whoever has no published model', async () => {
    server.use(http.get('*/api/v1/models', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp('/services/new');
    expect(await screen.findByText('You have no published model')).toBeVisible();
  });
});
