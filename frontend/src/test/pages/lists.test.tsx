import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { seriousFindings } from '../axe';
import { EVIDENCE, SERVICES } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

const DIAGNOSIS = ['/nodes', '/services', '/services/new', ...Object.values(SERVICES).map((id) => `/services/${id}`), `/services/${SERVICES.open}/operations`, '/api-access'];

const fails = (path: string, status: number, code: string, message: string) =>
  server.use(http.get(`*/api/v1/${path}`, () => HttpResponse.json({ code, message }, { status })));

const FINDINGS = ['/privacy-ledger', '/evidence', ...[EVIDENCE.evaluation, EVIDENCE.trial].map((id) => `/evaluations/${id}`), ...[EVIDENCE.audit, EVIDENCE.invalid].map((id) => `/attack-audits/${id}`), '/evaluations/new', '/attack-audits/new'];

describe('the list of jobs', () => {
  it('keeps its filters in the address', async () => {
    const { user, where } = renderApp('/jobs');
    expect(await screen.findAllByRole('row')).toHaveLength(9);
    await user.selectOptions(screen.getByLabelText('State'), 'failed');
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
    expect(where()).toBe('/jobs?state=failed');
    expect(screen.getByText(/no space left on the device/)).toBeVisible();
  });

  it('reads them from the address, and says so when nothing fits', async () => {
    const { user, where } = renderApp('/jobs?state=running&search=winter');
    expect(await screen.findByText('No job fits this filter')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show all jobs' }));
    expect(await screen.findAllByRole('row')).toHaveLength(9);
    expect(where()).toBe('/jobs');
  });

  it('ignores a filter that it does not know', async () => {
    renderApp('/jobs?state=dancing');
    expect(await screen.findAllByRole('row')).toHaveLength(9);
  });
});

describe('every list has its states', () => {
  it('names what could not be loaded, and tries again', async () => {
    fails('models', 500, 'http.500', 'The database is away.');
    const { user } = renderApp('/models');
    expect(await screen.findByRole('alert')).toHaveTextContent('Could not load models');
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Pneumonia, winter cohort' })).toBeVisible();
  });

  it('says that it may not be seen, and offers no second try', async () => {
    fails('audit', 403, 'request.not_allowed', 'Only an auditor may do that.');
    renderApp('/audit');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see the audit log');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('keeps showing what it has, marked with its time, when newer data do not come', async () => {
    const { cache } = renderApp('/models');
    await screen.findByRole('link', { name: 'Pneumonia, winter cohort' });
    fails('models', 503, 'backend.unavailable', 'The database is away.');
    await cache.refetchQueries({ queryKey: ['models'] });
    expect(await screen.findByText(/^As of /)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Pneumonia, winter cohort' })).toBeVisible();
  });

  it.each([
    ['models', '/models', 'No models yet'],
    ['jobs', '/jobs', 'No jobs yet'],
    ['datasets', '/data', 'No site has reported a dataset'],
    ['federations', '/', 'You belong to no federation yet'],
    ['audit', '/audit', 'Nothing has happened yet'],
  ])('says what would bring something when there are no %s', async (path, address, words) => {
    server.use(http.get(`*/api/v1/${path}`, () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp(address);
    expect(await screen.findByText(words)).toBeVisible();
  });
});

describe('the data page', () => {
  it('tells verdicts and sums, and no count of one site', async () => {
    renderApp('/data');
    const delft = await screen.findByRole('region', { name: 'Delft: spring cohort' });
    expect(within(delft).getByText(/not ready, 1 check failed/)).toBeVisible();
    expect(within(delft).getByText(/a split is missing/)).toBeVisible();
    expect(delft.textContent).not.toMatch(/\d+ images/);
    expect(await screen.findByText(/5,232, at 3 sites together/)).toBeVisible();
  });
});

it.each(['/', '/data', '/jobs', '/jobs/new', '/models', '/models/model-c702', '/audit', '/federations/0b6f6a54-7d2e-4c0e-9c33-2f7f7a3f1a01', ...DIAGNOSIS, ...FINDINGS])(
  '%s has nothing that axe finds serious',
  async (path) => {
    renderApp(path);
    await screen.findByRole('heading', { level: 1 });
    await waitFor(() => expect(screen.queryAllByText(/^Loading/)).toHaveLength(0));
    expect(await seriousFindings()).toEqual([]);
  },
);
