import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { renderApp } from '../render';
import { server } from '../server';

describe('a new training job', () => {
  it('says what it costs before anybody is asked', async () => {
    const { user } = renderApp('/jobs/new');
    expect(await screen.findByText('44.7 MB a round, 358 MB in all')).toBeVisible();
    expect(screen.getByText('none: a round waits for every site')).toBeVisible();
    await user.selectOptions(screen.getByLabelText('Network'), 'vgg16');
    expect((await screen.findAllByText(/^537 MB a round/)).length).toBeGreaterThan(0);
  });

  it('refuses what cannot be, beside the field and before sending', async () => {
    const { user, where } = renderApp('/jobs/new');
    const rounds = await screen.findByRole('textbox', { name: 'Rounds' });
    await user.clear(rounds);
    await user.type(rounds, '0');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(screen.getByText('Give the job a title that its sites will recognise')).toBeVisible();
    expect(screen.getByLabelText(/^Title/)).toBeInvalid();
    expect(where()).toBe('/jobs/new');
  });

  it('puts what the platform refuses beside its field', async () => {
    const { user } = renderApp('/jobs/new');
    await user.type(await screen.findByLabelText(/^Title/), 'taken');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByText('A job of this title runs already.')).toBeVisible();
  });

  it('says who would see what, and warns when a round’s length tells of cohorts', async () => {
    const { user } = renderApp('/jobs/new');
    await user.selectOptions(await screen.findByLabelText('Local work is counted in'), 'epochs');
    await waitFor(() => expect(screen.getAllByText('roughly')).toHaveLength(2));
    await user.click(screen.getByRole('switch', { name: /^Secure aggregation/ }));
    expect(screen.getByText("The hub will see every site's update")).toBeVisible();
  });

  it('is the same job when it is sent again, and another one in another federation', async () => {
    const keys: (string | null)[] = [];
    server.use(
      http.get('*/api/v1/federations', async ({ request }) => {
        if (request.headers.has('x-inner')) return undefined;
        const page = (await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as { results: object[] };
        return HttpResponse.json({ ...page, results: [...page.results, { ...page.results[0], id: '0b6f6a54-7d2e-4c0e-9c33-2f7f7a3f1a99', name: 'Nordic consortium' }] });
      }),
      http.post('*/api/v1/jobs', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return HttpResponse.json({ code: 'backend.unavailable', message: 'The database is away.' }, { status: 503 });
      }),
    );
    const { user } = renderApp('/jobs/new');
    const send = async (times: number) => {
      const button = screen.getByRole('button', { name: /Send to the sites/ });
      await waitFor(() => expect(button).toBeEnabled());
      await user.click(button);
      await waitFor(() => expect(keys).toHaveLength(times));
    };
    await user.type(await screen.findByLabelText(/^Title/), 'S');
    await send(1);
    await send(2);
    await user.selectOptions(screen.getByRole('combobox', { name: 'Federation' }), 'Nordic consortium');
    await waitFor(() => expect(screen.getByLabelText(/^Title/)).toHaveValue(''));
    await user.type(screen.getByLabelText(/^Title/), 'S');
    await send(3);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('goes to the live page of the job that it made', async () => {
    const { user, where } = renderApp('/jobs/new');
    await user.type(await screen.findByLabelText(/^Title/), 'Summer cohort');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByRole('heading', { name: 'Summer cohort' })).toBeVisible();
    expect(where()).toMatch(/^\/jobs\/00000000/);
  });
});
