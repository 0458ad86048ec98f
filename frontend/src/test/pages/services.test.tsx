import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import log from '../desk/log.json';
import { type Recipe, recipesAt, service } from '../desk/services';
import signed from '../desk/signed.json';
import { FixtureHub } from '../hub';
import { SERVICES } from '../ids';
import { renderApp } from '../render';
import { server, setHub } from '../server';

const NOW = Date.parse('2026-03-12T14:03:24Z');

describe('the list of services', () => {
  it('shows stock and who waits of what is open, and why what failed did', async () => {
    renderApp('/services');
    const open = await screen.findByRole('row', { name: /^Pneumonia from chest X-rays/ });
    expect(open).toHaveTextContent('5 of 8');
    expect(screen.getByRole('row', { name: /^Pneumonia, for long lines/ })).toHaveTextContent('waited 15 s for P0');
  });

  it('keeps its filter in the address', async () => {
    const { user, where } = renderApp('/services?state=dancing');
    expect(await screen.findAllByRole('row')).toHaveLength(5);
    await user.selectOptions(screen.getByLabelText('State'), 'closed');
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
    expect(where()).toBe('/services?state=closed');
  });

  it('says what would bring one', async () => {
    server.use(http.get('*/api/v1/services', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp('/services');
    expect(await screen.findByText('No services yet')).toBeVisible();
  });
});

describe('a service that comes to be', () => {
  it('says which step runs, who does it, and goes on until it is open', async () => {
    let now = NOW;
    setHub(new FixtureHub(() => now));
    const { cache } = renderApp(`/services/${SERVICES.coming}`);
    const steps = await screen.findByRole('list', { name: 'Steps of publishing' });
    expect(within(steps).getByText('Share').closest('li')).toHaveAttribute('aria-current', 'step');
    expect(screen.getByText('2 of 5 steps done')).toBeVisible();
    now += 60_000;
    await cache.refetchQueries({ queryKey: ['services'] });
    expect(await screen.findByLabelText('SHA-256 of the descriptor')).toBeVisible();
    expect(screen.queryByText('2 of 5 steps done')).toBeNull();
  });

  it('names node, phase, reason and next step when it failed, and offers another try', async () => {
    const { user } = renderApp(`/services/${SERVICES.failed}`);
    const panel = await screen.findByRole('region', { name: 'This service was not published' });
    expect(panel).toHaveTextContent('WhereP1, Party south');
    expect(panel).toHaveTextContent('In which phaseopen');
    expect(panel).toHaveTextContent('did not connect');
    expect(panel).toHaveTextContent('What nextAsk the people of Party north');
    await user.click(within(panel).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('0 of 5 steps done')).toBeVisible();
    expect(screen.queryByRole('region', { name: 'This service was not published' })).toBeNull();
  });
});

describe('an open service', () => {
  it('shows who stands in the descriptor and who signed, sites too', async () => {
    renderApp(`/services/${SERVICES.open}`);
    const table = await screen.findByRole('region', { name: 'Who stands in the descriptor and who signed it' });
    expect(await within(table).findAllByText('✓ verified')).toHaveLength(5);
    expect(screen.getByText('✓ 5 signatures verified here')).toBeVisible();
    expect(within(table).getByRole('row', { name: /^Dealer/ })).toHaveTextContent('named in it, signs nothing');
  });

  it('warns of a descriptor that is not what was signed', async () => {
    const forged = { ...signed, descriptor: { ...signed.descriptor, intended_use: 'anything' } };
    server.use(http.get('*/api/v1/services/:id/descriptor', () => HttpResponse.json(forged)));
    renderApp(`/services/${SERVICES.open}`);
    expect(await screen.findByText('This descriptor does not verify: do not use the service')).toBeVisible();
    expect(screen.queryByText('✓ verified')).toBeNull();
  });

  it('verifies the log by itself', async () => {
    renderApp(`/services/${SERVICES.open}`);
    expect(await screen.findByText('✓ 3 entries, chain verified here')).toBeVisible();
    expect(screen.getByText('countersigned by Coimbra')).toBeVisible();
  });

  it('says so when an entry of the log was changed', async () => {
    const forged = log.map((entry) => (entry.seq === 2 ? { ...entry, detail: { name: 'Basel' } } : entry));
    server.use(http.get('*/api/v1/descriptor-log', () => HttpResponse.json({ next: null, previous: null, results: forged })));
    renderApp(`/services/${SERVICES.open}`);
    expect(await screen.findByText('✕ does not verify')).toBeVisible();
    expect(screen.getByRole('alert')).toHaveTextContent('Entry 2 of the descriptor log was changed after it was written.');
  });

  it.each([
    ['p1', 'P1, Party south, was last heard 4 min ago', 'Requests wait until it is back.'],
    ['dealer', 'dealer, Dealer’s office, was last heard 4 min ago', 'it is not refilled'],
  ] as const)('says that %s is away, and what stands still', async (role, title, means) => {
    const whole = service(recipesAt(Date.now())[0] as Recipe, Date.now());
    const away = { ...whole.nodes[role], online: false, last_seen_at: new Date(Date.now() - 250_000).toISOString() };
    server.use(http.get(`*/api/v1/services/${SERVICES.open}`, () => HttpResponse.json({ ...whole, nodes: { ...whole.nodes, [role]: away } })));
    renderApp(`/services/${SERVICES.open}`);
    expect(await screen.findByText(title)).toBeVisible();
    expect(screen.getByText(new RegExp(means))).toBeVisible();
  });

  it('says nothing of machines that are there', async () => {
    renderApp(`/services/${SERVICES.open}`);
    await screen.findByText('Intended use');
    expect(screen.queryByText(/was last heard/)).toBeNull();
  });

  it('is not called failed again by an answer that was asked for before it was tried again', async () => {
    const { user, cache } = renderApp(`/services/${SERVICES.failed}`);
    const again = await screen.findByRole('button', { name: 'Try again' });
    const queryKey = ['services', SERVICES.failed];
    const before = cache.getQueryData<object>(queryKey);
    let asked = false;
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    server.use(
      http.get(
        '*/api/v1/services/:id',
        async () => {
          asked = true;
          await held;
          return HttpResponse.json(before);
        },
        { once: true },
      ),
    );
    const late = cache.refetchQueries({ queryKey, exact: true });
    await waitFor(() => expect(asked).toBe(true));
    await user.click(again);
    expect(await screen.findByText('0 of 5 steps done')).toBeVisible();
    answer();
    await late;
    expect(cache.getQueryData(queryKey)).toMatchObject({ state: 'preparing' });
  });

  it('is closed only after a second question', async () => {
    const { user } = renderApp(`/services/${SERVICES.open}`);
    await user.click(await screen.findByRole('button', { name: 'Close' }));
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('2 requests wait and will fail');
    await user.click(within(dialog).getByRole('button', { name: 'Close for good' }));
    expect(await screen.findByText(/^Closed \d/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Close' })).toBeNull();
  });

  it('offers a clinician no closing', async () => {
    server.use(
      http.get('*/api/v1/auth/session', () => HttpResponse.json({ user: { id: 'u2', username: 'c', first_name: '', last_name: '', email: '' }, memberships: [], csrf: 'fixture' })),
    );
    renderApp(`/services/${SERVICES.open}`);
    await screen.findByText('✓ 3 entries, chain verified here');
    expect(screen.queryByRole('button', { name: 'Close' })).toBeNull();
  });
});
