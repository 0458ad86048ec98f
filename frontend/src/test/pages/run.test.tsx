import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { seriousFindings } from '../axe';
import { FixtureHub } from '../hub';
import { IDS } from '../ids';
import { renderApp } from '../render';
import { server, setHub } from '../server';

/** A hub whose clock the test moves by hand. */
function stage() {
  let now = Date.parse('2026-03-12T14:03:24Z');
  setHub(new FixtureHub(() => now));
  return {
    pass: (seconds: number) =>
      act(() => {
        now += seconds * 1000;
      }),
  };
}

const tile = (name: string) => screen.getByText(name).parentElement;

describe('the live page', () => {
  it('begins with what has been and follows what comes', async () => {
    const { pass } = stage();
    renderApp(`/jobs/${IDS.running}`);
    expect(await screen.findByText('Round 7, attempt 1')).toBeVisible();
    expect(tile('Round')).toHaveTextContent('7 of 12');
    expect(await screen.findByText('live')).toBeVisible();
    pass(60);
    await waitFor(() => expect(tile('Round')).toHaveTextContent('8 of 12'));
    expect(await screen.findByText('Round 8, attempt 1')).toBeVisible();
    expect(await screen.findByText(/validated the model of round 6: MCC 0.63/)).toBeVisible();
  });

  it('stays with what it has, and asks no more, where a socket is turned away because one may not see the job', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setTimeout', 'clearTimeout'] });
    stage();
    let sockets = 0;
    class TurnedAway {
      onclose: ((close: { code: number }) => void) | null = null;
      constructor() {
        sockets += 1;
        setTimeout(() => this.onclose?.({ code: 1006 }), 0);
      }
      close() { /* It never was open. */ }
    }
    vi.stubGlobal('WebSocket', TurnedAway);
    server.use(http.get('*/api/v1/jobs/:id', () => (sockets === 0 ? undefined : HttpResponse.json({ code: 'request.not_allowed', message: 'You are no member any more.' }, { status: 403 }))));
    renderApp(`/jobs/${IDS.running}`);
    expect(await screen.findByText('You may no longer follow this job')).toBeVisible();
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(sockets).toBe(1);
    expect(screen.getByText('You may no longer follow this job')).toBeVisible();
    expect(screen.getByText('Round 7, attempt 1')).toBeVisible();
  });

  it('ends with the test, by class', async () => {
    const { pass } = stage();
    renderApp(`/jobs/${IDS.running}`);
    await screen.findByText('live');
    pass(900);
    expect(await screen.findByText('Result on 624 test images', {}, { timeout: 12_000 })).toBeVisible();
    expect(screen.getByText('succeeded')).toBeVisible();
    expect(screen.getByRole('row', { name: /^bacterial 242 0\.91/ })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull();
  });

  it('asks again for the test where the platform was away when the job ended', async () => {
    const { pass } = stage();
    renderApp(`/jobs/${IDS.running}`);
    await screen.findByText('live');
    server.use(http.get('*/api/v1/jobs/:id', () => HttpResponse.json({ code: 'backend.unavailable', message: 'The database is away.' }, { status: 503 }), { once: true }));
    pass(900);
    expect(await screen.findByText('Result on 624 test images', {}, { timeout: 12_000 })).toBeVisible();
  });

  it('says why earlier events do not come, and tries again', async () => {
    stage();
    const { user } = renderApp(`/jobs/${IDS.done}`);
    const earlier = await screen.findByRole('button', { name: 'load earlier events' });
    server.use(http.get('*/api/v1/jobs/:id/events', () => HttpResponse.json({ code: 'backend.unavailable', message: 'The database is away.' }, { status: 503 }), { once: true }));
    await user.click(earlier);
    expect(await screen.findByRole('alert')).toHaveTextContent('Earlier events could not be loaded: The database is away.');
    await user.click(await screen.findByRole('button', { name: 'load earlier events' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: /earlier events/ })).toBeNull());
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('gives the curve to the keyboard and as a table', async () => {
    stage();
    const { user, where } = renderApp(`/jobs/${IDS.running}`);
    const chart = await screen.findByRole('slider', { name: /Validation MCC by round/ });
    act(() => chart.focus());
    await user.keyboard('{Home}{ArrowRight}{ArrowRight}');
    expect(chart).toHaveAttribute('aria-valuetext', 'round 2: MCC 0.31 [0.26, 0.36]');
    await user.click(screen.getByRole('button', { name: 'table' }));
    const table = await screen.findByRole('region', { name: 'Validation MCC by round, as a table' });
    expect(within(table).getByRole('row', { name: '5 0.580 0.527 0.632' })).toBeVisible();
    expect(where()).toContain('view=table');
  });

  it('draws of one site only its time', async () => {
    stage();
    const { user } = renderApp(`/jobs/${IDS.running}`);
    await user.click(await screen.findByRole('button', { name: 'time by site' }));
    const chart = await screen.findByRole('slider', { name: /Time at work by site/ });
    act(() => chart.focus());
    await user.keyboard('{End}');
    expect(chart.getAttribute('aria-valuetext')).toMatch(/^round 6: Aalborg \d+ s; Basel \d+ s; Coimbra \d+ s$/);
  });

  it('shows an earlier round and its failed attempt by keyboard', async () => {
    stage();
    const { user, where } = renderApp(`/jobs/${IDS.running}`);
    const now = await screen.findByRole('button', { name: /^Round 7: open/ });
    act(() => now.focus());
    // As quick as a held key: the address has not followed the first when the second comes.
    for (let press = 0; press < 2; press += 1) fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowLeft' });
    expect(await screen.findByText('Round 5, attempt 2')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'attempt 1, failed' }));
    expect(await screen.findByText('This attempt failed at Basel, while uploading')).toBeVisible();
    expect(where()).toContain('step=5&attempt=1');
  });

  it('filters the log by kind and site', async () => {
    stage();
    const { user } = renderApp(`/jobs/${IDS.running}`);
    await user.selectOptions(await screen.findByLabelText('Kind of event'), 'problems');
    const log = screen.getByRole('list', { name: 'Events, newest first' });
    await waitFor(() => expect(screen.getByLabelText('Kind of event')).toHaveValue('problems'));
    expect(within(log).getByText(/gave up attempt 1 at Basel/)).toBeVisible();
    await user.selectOptions(screen.getByLabelText('Site'), 'coimbra');
    await waitFor(() => expect(within(log).getAllByRole('listitem')).toHaveLength(2));
    expect(within(log).getByText('is back')).toBeVisible();
  });

  it('asks before it pauses, and again says where it stands', async () => {
    stage();
    const { user } = renderApp(`/jobs/${IDS.running}`);
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Pause' }));
    expect(await screen.findByRole('button', { name: 'Resume' })).toBeVisible();
    expect(screen.getByText('paused')).toBeVisible();
  });

  it('names site, phase, reason and next step of a failure', async () => {
    stage();
    renderApp(`/jobs/${IDS.failed}`);
    const panel = await screen.findByRole('region', { name: 'This job failed' });
    expect(panel).toHaveTextContent('WhereBasel');
    expect(panel).toHaveTextContent('In which phasetraining');
    expect(panel).toHaveTextContent('no space left on the device');
    expect(panel).toHaveTextContent('then submit the job again');
  });

  it('says that a job may not be seen or is not there', async () => {
    stage();
    renderApp('/jobs/11111111-1111-4111-8111-111111111111');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see this job, or it does not exist');
  });

  it.each([IDS.running, IDS.done, IDS.failed, IDS.waiting])('has nothing that axe finds serious (%s)', async (id) => {
    stage();
    renderApp(`/jobs/${id}`);
    await screen.findByText('Who can see what');
    expect(await seriousFindings()).toEqual([]);
  });
});
