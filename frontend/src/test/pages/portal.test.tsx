import 'fake-indexeddb/auto';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetAll, history, remember } from '@/diagnosis/vault';
import { seriousFindings } from '../axe';
import signed from '../desk/signed.json';
import { PATIENT_SERVICE } from '../portal/portal';
import { renderApp } from '../render';
import { ORIGINS, server } from '../server';

vi.mock('@/diagnosis/studio', () => import('../portal/studio'));
vi.mock('@/diagnosis/abilities', () => ({ missingAbilities: () => Promise.resolve([]) }));
// jsdom paints nothing.
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(async () => {
  cleanup();
  await forgetAll('coordinator');
});

const ASK = `/diagnose/${PATIENT_SERVICE}`;
const xray = (name = 'thorax.png') => new File([new Uint8Array(64)], name, { type: 'image/png' });

async function consent(user: UserEvent) {
  await user.click(await screen.findByLabelText(/I have read what each institution learns/));
  await user.click(screen.getByLabelText(/not a diagnosis/));
  await user.click(screen.getByLabelText(/Keep the picture/));
}

async function sendOne(user: UserEvent) {
  await consent(user);
  const input = await screen.findByLabelText('Choose an X-ray');
  await waitFor(() => expect(input).toBeEnabled());
  await user.upload(input, xray());
  await user.click(await screen.findByRole('button', { name: 'Seal and send' }));
}

/** The page goes, with all that it had under way, and comes again. */
function reload(address: string) {
  cleanup();
  return renderApp(address);
}

describe('the way of a patient', () => {
  it('begins with what each institution learns and ends with an answer that only this device could open', async () => {
    const { user, where } = renderApp('/diagnose');
    await user.click(await screen.findByRole('link', { name: /^Read and use/ }));
    expect(await screen.findAllByText('✓ says the same at its own address')).toHaveLength(2);
    expect(screen.getByText(/This page splits and seals your image in your browser\. That protects it from the relay and from each computing institution alone, provided this page's code is genuine\. Whoever delivers this page could change it, and you would not notice\./)).toBeVisible();
    expect(screen.getByLabelText('Choose an X-ray')).toBeDisabled();
    await sendOne(user);
    await waitFor(() => expect(where()).toMatch(/^\/diagnose\/result\//));
    const card = await screen.findByRole('region', { name: 'What the model says' });
    expect(within(card).getByText('Not a diagnosis')).toBeVisible();
    // The invented parties answer with the mean grey of the picture that they have put together: a quarter.
    const values = [1.45, 2.65, 0.4].map((logit) => Math.exp(logit / Number(signed.descriptor.output.temperature)));
    const percent = (values[1] ?? 0) / values.reduce((sum, one) => sum + one, 0);
    const likeliest = within(within(card).getByRole('list', { name: 'Probability of each class' })).getAllByRole('listitem')[1];
    expect(likeliest).toHaveTextContent(/bacterial/);
    expect(Number.parseFloat(likeliest?.textContent?.replace('bacterial', '') ?? '')).toBeCloseTo(percent * 100, 0);
    const [record] = await history('coordinator');
    expect(record).toMatchObject({ keys: null, answers: null, picture: null });
    await waitFor(async () => expect((await history('coordinator'))[0]?.receipt).toBeNull());
  });

  it('keeps the key before anything leaves, and throws it away when the answer is open', async () => {
    let kept: CryptoKeyPair | null | undefined;
    server.use(
      http.post('*/api/v1/diagnoses', async () => {
        kept = (await history('coordinator'))[0]?.keys;
      }),
    );
    const { user } = renderApp(ASK);
    await sendOne(user);
    await screen.findByRole('region', { name: 'What the model says' });
    expect(kept?.privateKey.extractable).toBe(false);
  });

  it('finds the answer again after a reload, whenever it comes', async () => {
    const { user, where } = renderApp(ASK);
    await sendOne(user);
    await waitFor(() => expect(where()).toMatch(/result/));
    reload(where());
    expect(await screen.findByRole('region', { name: 'What the model says' })).toBeVisible();
  });

  it('leaves whoever has gone elsewhere meanwhile where they are, and keeps what was sent', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    server.use(http.post('*/api/v1/diagnoses', () => held));
    const { user, where, cache } = renderApp(ASK);
    await sendOne(user);
    await waitFor(async () => expect(await history('coordinator')).toHaveLength(1));
    await user.click(screen.getByRole('link', { name: 'Diagnose' }));
    expect(await screen.findByRole('heading', { name: 'Diagnose' })).toBeVisible();
    answer();
    await waitFor(() => expect(cache.isMutating()).toBe(0));
    expect(where()).toBe('/diagnose');
    expect(await history('coordinator')).toHaveLength(1);
  });

  it('asks again with the same receipt when the answer was lost on the way', async () => {
    const receipts: unknown[] = [];
    server.use(
      http.post('*/api/v1/diagnoses/:id/collect', async ({ request }) => {
        receipts.push(((await request.clone().json()) as { receipt: string }).receipt);
        // It leaves the platform the first time too, and does not arrive.
        if (receipts.length === 1) return HttpResponse.error();
        return undefined;
      }),
    );
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByRole('region', { name: 'What the model says' }, { timeout: 12_000 })).toBeVisible();
    expect(receipts).toHaveLength(2);
    expect(receipts[0]).toBe(receipts[1]);
    expect(receipts[0]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('acknowledges later what the platform did not hear', async () => {
    let heard = false;
    server.use(http.post('*/api/v1/diagnoses/:id/acknowledge', () => (heard ? undefined : HttpResponse.error())));
    const { user, where } = renderApp(ASK);
    await sendOne(user);
    await screen.findByRole('region', { name: 'What the model says' });
    expect((await history('coordinator'))[0]?.receipt).not.toBeNull();
    heard = true;
    reload(where());
    await waitFor(async () => expect((await history('coordinator'))[0]?.receipt).toBeNull());
  });

  it('polls where no websocket is to be had', async () => {
    vi.stubGlobal('WebSocket', class { close() { /* Never opens. */ } });
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByText('○ asking every second')).toBeVisible();
    expect(await screen.findByRole('region', { name: 'What the model says' })).toBeVisible();
  });
});

describe('nothing is sent', () => {
  const refuses = async (words: RegExp) => {
    renderApp(ASK);
    expect(await screen.findByRole('alert')).toHaveTextContent(words);
    expect(screen.queryByRole('button', { name: 'Seal and send' })).toBeNull();
  };

  it('when a party says other keys at its own address', async () => {
    server.use(http.get(`${ORIGINS[1]}/.well-known/primia-node.json`, async () => HttpResponse.json((await (await fetch(`${ORIGINS[0]}/.well-known/primia-node.json`)).json()) as object)));
    await refuses(/other keys than the platform does.*Send nothing/s);
  });

  it('when a party does not know the descriptor', async () => {
    server.use(http.get(`${ORIGINS[0]}/.well-known/primia-node.json`, async ({ request }) => {
      const node = request.headers.get('x-inner');
      return node === null ? HttpResponse.json({ node: ((await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as { node: object }).node, descriptors: [] }) : undefined;
    }));
    await refuses(/Send nothing/);
  });

  it('when the platform has changed the descriptor', async () => {
    server.use(http.get(`*/api/v1/services/${PATIENT_SERVICE}/descriptor`, async ({ request }) => {
      if (request.headers.has('x-inner')) return undefined;
      const real = (await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as { descriptor: { classes: string[] } };
      return HttpResponse.json({ ...real, descriptor: { ...real.descriptor, classes: ['ill', 'healthy', 'viral'] } });
    }));
    await refuses(/A signature of this service is false/);
  });

  it('when the log does not hold the descriptor', async () => {
    server.use(http.get('*/api/v1/descriptor-log', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    await refuses(/public log of this service was changed/);
  });

  it('before a person has said what they do about a party that cannot be asked', async () => {
    server.use(http.get(`${ORIGINS[0]}/.well-known/primia-node.json`, () => HttpResponse.error()));
    const { user } = renderApp(ASK);
    await consent(user);
    expect(await screen.findByText('! could not be asked at its own address')).toBeVisible();
    expect(screen.getByLabelText('Choose an X-ray')).toBeDisabled();
    await user.click(screen.getByLabelText(/could not be asked at its own address/));
    await waitFor(() => expect(screen.getByLabelText('Choose an X-ray')).toBeEnabled());
  });

  it('of a colour photo', async () => {
    const { user } = renderApp(ASK);
    await consent(user);
    await waitFor(() => expect(screen.getByLabelText('Choose an X-ray')).toBeEnabled());
    await user.upload(screen.getByLabelText('Choose an X-ray'), xray('photo.png'));
    expect(await screen.findByRole('alert')).toHaveTextContent(/This picture has colours.*Next: Choose the X-ray itself/s);
    expect(screen.queryByRole('button', { name: 'Seal and send' })).toBeNull();
  });
});

describe('what the platform refuses', () => {
  it.each([
    [429, 'diagnosis.budget_used_up', /Your requests for today are used up.*Try again tomorrow/s],
    [409, 'service.closed', /This service is closed/],
    [409, 'diagnosis.wrong_descriptor', /has changed since you opened it.*Reload/s],
    [413, 'diagnosis.share_too_large', /larger than the service takes/],
  ])('%i %s is said in plain words, and leaves no trace here', async (status, code, words) => {
    server.use(http.post('*/api/v1/diagnoses', () => HttpResponse.json({ code, message: 'The platform says so.' }, { status })));
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByRole('alert')).toHaveTextContent(words);
    expect(await history('coordinator')).toEqual([]);
  });

  it('a failure while computing says what happened and what next', async () => {
    server.use(http.get('*/api/v1/diagnoses/:id', ({ params }) => HttpResponse.json({
      id: params.id, service: PATIENT_SERVICE, service_title: 'Pneumonia', batch: null, state: 'failed', position: null, attempts: 3, steps: {}, created_at: '2026-03-12T14:00:00Z', computing_at: '2026-03-12T14:00:01Z', answered_at: null, collected_at: null, ended_at: '2026-03-12T14:01:00Z', expires_at: '2026-03-13T14:00:00Z',
      failure: { node: 'p1', phase: 'computing', code: 'mpc.peer_lost', message: 'Party 0 went away in the middle.', next_step: 'Send the picture again in a minute.' },
    })));
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByRole('alert')).toHaveTextContent(/Party 0 went away in the middle\..*Next: Send the picture again in a minute\./s);
    expect(screen.getByRole('link', { name: 'Send again' })).toBeVisible();
  });

  it('an answer that was handed out before is named lost', async () => {
    server.use(http.post('*/api/v1/diagnoses/:id/collect', () => HttpResponse.json({ code: 'diagnosis.collected', message: 'Handed out before.' }, { status: 410 })));
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByRole('alert')).toHaveTextContent(/The answer was handed out already/);
  });

  it('a forged answer is not shown', async () => {
    server.use(http.post('*/api/v1/diagnoses/:id/collect', () => HttpResponse.json({ answers: [{ party: 0, sealed: 'AAAA', signature: 'AAAA' }, { party: 1, sealed: 'AAAA', signature: 'AAAA' }] })));
    const { user } = renderApp(ASK);
    await sendOne(user);
    expect(await screen.findByRole('alert')).toHaveTextContent(/not signed by the institution/);
    expect(screen.queryByRole('region', { name: 'What the model says' })).toBeNull();
  });
});

describe('the history', () => {
  it('says so when the session has ended under it, instead of loading for ever', async () => {
    const { cache } = renderApp('/diagnose/history');
    expect(await screen.findByText('Nothing has been sent from this browser')).toBeVisible();
    server.use(http.get('*/api/v1/auth/session', () => HttpResponse.json({ user: null, memberships: [], csrf: 'fixture' })));
    await cache.refetchQueries({ queryKey: ['session'] });
    expect(await screen.findByText('You are no longer logged in')).toBeVisible();
  });

  it('has what was remembered while another screen was looked at', async () => {
    const { user } = renderApp('/diagnose/history');
    expect(await screen.findByText('Nothing has been sent from this browser')).toBeVisible();
    await user.click(screen.getByRole('link', { name: 'Choose a service' }));
    const again = await screen.findByRole('link', { name: 'History of this device' });
    await remember({
      id: '00000000-0000-4000-8000-00000000beef', user: 'coordinator', service: PATIENT_SERVICE, signed: {}, source: 'later.png', sentAt: '2026-03-12T14:00:00Z', batch: null, keys: null,
      requestDigest: Uint8Array.of(1), receipt: null, answers: null, result: null, openedAt: null, failure: { code: 'diagnosis.expired', message: 'No answer came.' }, picture: null,
    });
    await user.click(again);
    expect(await screen.findByRole('link', { name: 'later.png' })).toBeVisible();
  });

  it('is this device’s own, and can be deleted', async () => {
    const { user, where } = renderApp(ASK);
    await sendOne(user);
    await screen.findByRole('region', { name: 'What the model says' });
    await user.click(screen.getByRole('link', { name: 'Diagnose' }));
    await user.click(await screen.findByRole('link', { name: 'History of this device' }));
    expect(await screen.findByRole('link', { name: 'thorax.png' })).toBeVisible();
    expect(await history('somebody-else')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Delete all' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete all' }));
    expect(await screen.findByText('Nothing has been sent from this browser')).toBeVisible();
    expect(await history('coordinator')).toEqual([]);
    expect(where()).toBe('/diagnose/history');
  });
});

async function chooseFolder(user: UserEvent, files: File[]) {
  await consent(user);
  const input = await screen.findByLabelText('Choose a folder');
  await waitFor(() => expect(input).toBeEnabled());
  await user.upload(input, files);
}

it('shows nobody what somebody else has sent from this browser, whatever the address', async () => {
  const id = '00000000-0000-4000-8000-00000000beef';
  await remember({
    id, user: 'somebody-else', service: PATIENT_SERVICE, signed: {}, source: 'theirs.png', sentAt: '2026-03-12T14:00:00Z', batch: null, keys: null,
    requestDigest: Uint8Array.of(1), receipt: null, answers: null, result: null, openedAt: null, failure: { code: 'diagnosis.expired', message: 'No answer came.' }, picture: null,
  });
  renderApp(`/diagnose/result/${id}`);
  expect(await screen.findByRole('alert')).toHaveTextContent('You may not see this diagnosis, or it does not exist');
  expect(document.body.textContent).not.toContain('theirs.png');
  await forgetAll('somebody-else');
});

describe('a batch', () => {
  it('sends a folder, names what it refuses, and opens the answers', async () => {
    const { user, where } = renderApp('/diagnose/batch');
    await chooseFolder(user, [xray('a.png'), xray('photo.png'), xray('b.png'), new File(['x'], 'notes.txt')]);
    await user.click(await screen.findByRole('button', { name: 'Seal and send 3 pictures' }));
    await waitFor(() => expect(where()).toMatch(/batch=/));
    expect(await screen.findByText('2 of 3')).toBeVisible();
    expect(screen.getByText(/This picture has colours/)).toBeVisible();
    expect(screen.getAllByText('bacterial')).toHaveLength(2);
    expect(await seriousFindings()).toEqual([]);
  });

  it('shows nothing of the one that was sent in an older one', async () => {
    const older = { id: '00000000-0000-4000-8000-00000000cafe', service: PATIENT_SERVICE, name: 'Older', count: 1 };
    await fetch(`${window.location.origin}/api/v1/batches`, { method: 'POST', body: JSON.stringify(older) });
    const { user } = renderApp('/diagnose/batch');
    await chooseFolder(user, [xray('a.png')]);
    await user.click(await screen.findByRole('button', { name: 'Seal and send 1 picture' }));
    expect(await screen.findByText('1 of 1')).toBeVisible();
    await user.click(await screen.findByRole('button', { name: 'Another batch' }));
    await user.click(await screen.findByRole('button', { name: 'Older' }));
    expect(await screen.findByText('Nothing of this batch is on this device')).toBeVisible();
    expect(screen.getByText('1 picture of this batch is not on this device')).toBeVisible();
    expect(screen.queryByText('a.png')).toBeNull();
  });

  it('has one line for a picture of which nobody knows whether it arrived, and one for what was not sent any more', async () => {
    server.use(http.post('*/api/v1/diagnoses', () => HttpResponse.error()));
    const { user } = renderApp('/diagnose/batch');
    await chooseFolder(user, [xray('a.png'), xray('b.png')]);
    await user.click(await screen.findByRole('button', { name: 'Seal and send 2 pictures' }));
    expect(await screen.findByRole('row', { name: /^b\.png/ })).toBeVisible();
    await waitFor(() => expect(screen.getByRole('row', { name: /^b\.png/ })).toHaveTextContent('– not sent––Sending was stopped before its turn.'));
    expect(await screen.findByRole('link', { name: 'a.png' })).toBeVisible();
    const row = screen.getByRole('row', { name: /^a\.png/ });
    expect(row).toHaveTextContent('✕ refused here');
    expect(row).toHaveTextContent('The platform does not answer');
    expect(screen.getAllByRole('row')).toHaveLength(3);
  });

  it('keeps the folder that was chosen when a newer service is opened meanwhile', async () => {
    const { user, cache } = renderApp('/diagnose/batch');
    await chooseFolder(user, [xray('a.png')]);
    const send = await screen.findByRole('button', { name: 'Seal and send 1 picture' });
    server.use(
      http.get('*/api/v1/services', async ({ request }) => {
        if (request.headers.has('x-inner')) return undefined;
        const page = (await (await fetch(request.url, { headers: { 'x-inner': '1' } })).json()) as { results: { id: string }[] };
        return HttpResponse.json({ ...page, results: [{ ...page.results[0], id: '00000000-0000-4000-8000-00000000feed', title: 'The newest' }, ...page.results] });
      }),
    );
    await cache.refetchQueries({ queryKey: ['services', 'offered'] });
    expect(await screen.findByRole('option', { name: /^The newest/ })).toBeInTheDocument();
    expect(send).toBeVisible();
    expect(screen.getByLabelText('Service')).toHaveValue(PATIENT_SERVICE);
  });
});

describe('somebody who is only a patient', () => {
  it('sees the portal and nothing else', async () => {
    const membership = { federation: 'f', federation_slug: 'alpine', federation_name: 'Alpine', role: 'patient', site: null, site_slug: null };
    server.use(http.get('*/api/v1/auth/session', () => HttpResponse.json({ user: { id: 'u2', username: 'patient', first_name: '', last_name: '', email: '' }, memberships: [membership], csrf: 'fixture' })));
    const { where } = renderApp('/jobs');
    expect(await screen.findByRole('heading', { name: 'Diagnose' })).toBeVisible();
    expect(where()).toBe('/diagnose');
    const names = within(screen.getByRole('navigation')).getAllByRole('link').map(({ textContent }) => textContent);
    expect(names).toEqual(['Diagnose', 'History', 'Many pictures']);
  });
});

it.each(['/diagnose', ASK, '/diagnose/history', '/diagnose/batch'])('%s has nothing that axe finds serious', async (path) => {
  renderApp(path);
  await screen.findByRole('heading', { level: 1 });
  await waitFor(() => expect(screen.queryAllByText(/^Loading/)).toHaveLength(0));
  expect(await seriousFindings()).toEqual([]);
});

describe('every screen has its states', () => {
  it.each([
    ['/diagnose', 'services', 'No service is open to you'],
    ['/diagnose/batch', 'services', 'No service is open to you'],
    ['/diagnose/batch', 'batches', 'No batch yet'],
  ])('%s without %s', async (path, name, words) => {
    server.use(http.get(`*/api/v1/${name}`, () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp(path);
    expect(await screen.findByText(words)).toBeVisible();
  });

  it('an unknown diagnosis', async () => {
    renderApp('/diagnose/result/00000000-0000-4000-8000-00000000dead');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see this diagnosis, or it does not exist');
  });

  it('a service that is not there', async () => {
    renderApp('/diagnose/00000000-0000-4000-8000-00000000dead');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see this service, or it does not exist');
  });
});
