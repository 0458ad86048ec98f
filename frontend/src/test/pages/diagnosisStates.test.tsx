import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

/** Each screen of diagnosis when its rows do not come, may not be seen, or come no longer. */

const ONE = `/services/${SERVICES.open}`;

const PLACES = [
  { address: '/nodes', path: 'nodes', what: 'nodes', there: 'Party north', key: ['nodes'] },
  { address: '/services', path: 'services', what: 'services', there: 'Pneumonia, autumn trial', key: ['services'] },
  { address: ONE, path: 'services/:id', what: 'this service', there: 'Intended use', key: ['services', SERVICES.open] },
  { address: ONE, path: 'descriptor-log', what: 'the descriptor log', there: 'countersigned by Coimbra', key: ['services', SERVICES.open, 'log'] },
  { address: `${ONE}/operations`, path: 'services/:id/operations', what: 'its operations', there: 'Failures by reason', key: ['services', SERVICES.open, 'operations'] },
  { address: '/services/new?model=model-c702', path: 'nodes', what: 'nodes', there: 'What is offered', key: ['nodes'] },
  { address: '/api-access', path: 'auth/tokens', what: 'your tokens', there: 'nightly report', key: ['tokens'] },
  { address: '/api-access', path: 'webhooks', what: 'your webhooks', there: 'https://pacs.aalborg.example/primia', key: ['webhooks'] },
];

const fails = (path: string, status: number, message: string) => server.use(http.get(`*/api/v1/${path}`, () => HttpResponse.json({ code: 'test', message }, { status })));

describe.each(PLACES)('$what at $address', ({ address, path, what, there, key }) => {
  it('says what could not be loaded, and tries again', async () => {
    fails(path, 500, 'The database is away.');
    const { user } = renderApp(address);
    expect(await screen.findByText(`Could not load ${what}`)).toBeVisible();
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(there)).toBeVisible();
  });

  it('says that it may not be seen, and offers no second try', async () => {
    fails(path, 403, 'Not for you.');
    renderApp(address);
    expect(await screen.findByText(`You may not see ${what}, or it does not exist`)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('keeps what it has, marked with its time, when newer data do not come', async () => {
    const { cache } = renderApp(address);
    await screen.findByText(there);
    fails(path, 503, 'The database is away.');
    await cache.refetchQueries({ queryKey: key });
    expect(await screen.findByText(/^As of /)).toBeVisible();
    expect(screen.getByText(there)).toBeVisible();
  });
});
