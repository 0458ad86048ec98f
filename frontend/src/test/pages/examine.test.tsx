import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { renderApp } from '../render';
import { server } from '../server';

const EVALUATION = '/evaluations/new?model=model-c702';
const AUDIT = '/attack-audits/new?model=model-c702';

/** What was sent to the platform as a new job. */
function heard(): { body: Record<string, unknown> | null } {
  const said: { body: Record<string, unknown> | null } = { body: null };
  server.events.on('request:start', ({ request }) => {
    if (request.method === 'POST' && request.url.endsWith('/api/v1/jobs')) void request.clone().json().then((body: Record<string, unknown>) => (said.body = body));
  });
  return said;
}

describe('asking sites to evaluate a model', () => {
  it('says what is released to whom, and warns before a site’s own figures become public', async () => {
    const { user } = renderApp(EVALUATION);
    const row = await screen.findByRole('row', { name: /^One site's confusion matrix/ });
    expect(row).toHaveTextContent('nevernever');
    await user.click(screen.getByRole('switch', { name: /^Each site’s own figures/ }));
    expect(screen.getByRole('row', { name: /^One site's confusion matrix/ })).toHaveTextContent('publicpublic');
    expect(screen.getByText('Each site’s confusion matrix becomes public in the federation')).toBeVisible();
    expect(await screen.findByText('124 kB')).toBeVisible();
  });

  it('refuses what cannot be, beside the field and before sending', async () => {
    const { user, where } = renderApp(EVALUATION);
    const replicates = await screen.findByLabelText('Resamples of patients');
    await user.clear(replicates);
    await user.type(replicates, '50');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(screen.getByText('0, or 100 and more; 50 make no interval')).toBeVisible();
    expect(where()).toBe(EVALUATION);
  });

  it('sends the plan as it was chosen, and goes to the live page of the job', async () => {
    const said = heard();
    const { user, where } = renderApp(EVALUATION);
    await user.click(await screen.findByRole('radio', { name: /^Validation images/ }));
    await user.click(screen.getByRole('checkbox', { name: /^Age/ }));
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByRole('heading', { name: 'Evaluation of Pneumonia, winter cohort, version 1' })).toBeVisible();
    expect(where()).toMatch(/^\/jobs\/00000000/);
    expect(said.body).toMatchObject({ kind: 'evaluate', model: 'model-c702', settings: { evaluation: { split: 'validation', subgroups: ['sex', 'view'], per_site: false, score_bins: 1024 }, aggregation: { min_survivors: 3 } } });
  });

  it('puts what the platform refuses beside its field', async () => {
    server.use(http.post('*/api/v1/jobs', () => HttpResponse.json({ code: 'request.invalid', message: 'Some settings do not fit; see fields.', fields: { 'settings.evaluation.replicates': ['At most 1000.'], 'settings.evaluation.moon': ['Not known.'] } }, { status: 400 })));
    const { user } = renderApp(EVALUATION);
    await user.click(await screen.findByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByText('At most 1000.')).toBeVisible();
    expect(screen.getByRole('alert')).toHaveTextContent('evaluation.moon: Not known.');
  });

  it('says what is missing to whoever has no model', async () => {
    server.use(http.get('*/api/v1/models', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp('/evaluations/new');
    expect(await screen.findByText('You coordinate no federation that has a model')).toBeVisible();
  });
});

describe('asking sites to attack themselves', () => {
  it('says that reconstructions stay, and counts the searches', async () => {
    const { user } = renderApp(AUDIT);
    expect(await screen.findByRole('row', { name: /^Reconstructions/ })).toHaveTextContent('nevernever');
    expect(screen.getByText(/^Each site runs 20 searches/)).toBeVisible();
    const sizes = screen.getByLabelText('Images in a batch');
    await user.clear(sizes);
    await user.type(sizes, '1, 4');
    expect(screen.getByText(/^Each site runs 32 searches/)).toBeVisible();
  });

  it('refuses an attack on nothing, and odd batches', async () => {
    const { user, where } = renderApp(AUDIT);
    const views = within(await screen.findByRole('group', { name: 'Views' }));
    for (const box of views.getAllByRole('checkbox')) await user.click(box);
    await user.clear(screen.getByLabelText('Images in a batch'));
    await user.type(screen.getByLabelText('Images in a batch'), '4, 4');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(screen.getByText('Choose at least one')).toBeVisible();
    expect(screen.getByText('A size stands here twice')).toBeVisible();
    expect(where()).toBe(AUDIT);
  });

  it('sends the attack as it was chosen', async () => {
    const said = heard();
    const { user } = renderApp(AUDIT);
    await user.selectOptions(await screen.findByLabelText('Batch normalisation'), 'eval');
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByRole('heading', { name: 'Attack audit of Pneumonia, winter cohort, version 1' })).toBeVisible();
    expect(said.body).toMatchObject({ kind: 'audit', settings: { audit: { views: ['gradient', 'update', 'secure_sum'], batch_sizes: [4], batch_norm: 'eval', labels: 'known', gallery: 100 } } });
  });
});
