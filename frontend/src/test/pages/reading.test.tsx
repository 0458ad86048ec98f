import 'fake-indexeddb/auto';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Worklist, worklistQuery } from '@/api/readings';
import { hex } from '@/diagnosis/bytes';
import { sha256 } from '@/diagnosis/digest';
import { dropDrafts, dropReading, keepReading, waitingOf } from '@/features/reading/desk';
import { seriousFindings } from '../axe';
import { renderApp } from '../render';
import { server } from '../server';
import { STUDIES } from '../study/ids';

vi.mock('@/diagnosis/studio', () => import('../portal/studio'));
// jsdom paints nothing.
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(async () => {
  cleanup();
  for (const { id } of await waitingOf(STUDIES.reading, 'coordinator')) await dropReading(id);
  await dropDrafts(STUDIES.reading, 'coordinator');
});

const READ = `/reader-studies/${STUDIES.reading}/read`;
const GIVEAWAYS = ['person7_virus_3.jpeg', 'person8_bacteria_9.jpeg', 'IM-0115-normal.jpeg'];
const pictures = GIVEAWAYS.map((name, index) => new File([new Uint8Array(40).fill(index + 1)], name, { type: 'image/jpeg' }));

/** Gives the platform's open cases the fingerprints of these pictures. */
async function expectPictures() {
  const hashes = await Promise.all(pictures.map(async (file) => hex(await sha256(new Uint8Array(await file.arrayBuffer())))));
  server.use(
    http.get('*/api/v1/reader-studies/:id/worklist', () => {
      const item = (n: number) => ({ case: `00000000-0000-4000-a000-0000000000${String(n + 10)}`, position: n + 1, sha256: hashes[n] ?? 'e'.repeat(64), reading: null });
      return HttpResponse.json({ rater: 'Reader 2', items: [0, 1, 2, 3].map(item) } satisfies Worklist);
    }),
  );
}

async function begin(user: UserEvent) {
  await user.upload(await screen.findByLabelText('Choose files'), pictures);
  await user.click(await screen.findByRole('button', { name: 'Begin to read' }));
  await screen.findByRole('img', { name: /^Picture 1 of 4/ });
}

async function sayAndGoOn(user: UserEvent, key: string) {
  await user.keyboard(key);
  const sure = screen.queryByRole('slider', { name: /How sure/ });
  if (sure !== null) fireEvent.change(sure, { target: { value: '80' } });
  await user.keyboard('{Enter}');
}

const sent: unknown[] = [];
beforeEach(() => {
  sent.length = 0;
  server.events.on('request:start', ({ request }) => {
    if (request.method === 'POST') void request.clone().text().then((text) => sent.push(text));
  });
});
afterEach(() => server.events.removeAllListeners());

describe('reading', () => {
  it('takes pictures by their content, names what is missing without a file’s name, and sends neither', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    await user.upload(await screen.findByLabelText('Choose files'), [...pictures, new File(['other'], 'notes.txt')]);
    expect(await screen.findByText('3 of 4 pictures are here; 1 to be read is missing')).toBeVisible();
    expect(screen.getByRole('list', { name: 'Missing pictures' })).toHaveTextContent('number 4 of your order, file eeee eeee eeee');
    expect(screen.getByText(/1 other file belongs to no case/)).toBeVisible();
    expect(await seriousFindings()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Begin to read' }));
    await screen.findByRole('img', { name: /^Picture 1 of 4/ });
    expect(await seriousFindings()).toEqual([]);
    await sayAndGoOn(user, '3');
    await screen.findByRole('img', { name: /^Picture 2 of 4/ });
    await waitFor(() => expect(sent).toHaveLength(1));
    const body = JSON.parse(String(sent[0])) as Record<string, unknown>;
    expect(Object.keys(body).sort()).toEqual(['case', 'confidence', 'id', 'label', 'read_at', 'replaces', 'seconds', 'shown_at']);
    expect(body).toMatchObject({ label: 'viral', confidence: 80, replaces: null });
    for (const name of GIVEAWAYS) {
      expect(document.body.innerHTML).not.toContain(name);
      expect(JSON.stringify(sent)).not.toContain(name);
    }
  });

  it('keeps an answer only when the reader goes on, and takes it back before', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    await begin(user);
    await user.keyboard('2');
    expect(screen.getByRole('radio', { name: /bacterial/ })).toBeChecked();
    await user.keyboard('{Backspace}');
    expect(screen.getByRole('radio', { name: /bacterial/ })).not.toBeChecked();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('img', { name: /^Picture 1 of 4/ })).toBeVisible();
    expect(sent).toEqual([]);
    expect(screen.getByRole('button', { name: /^Next/ })).toBeDisabled();
  });

  it('loses nothing while the platform is away, and sends it in order when it is back', async () => {
    await expectPictures();
    server.use(http.post('*/api/v1/reader-studies/:id/readings', () => HttpResponse.json({ code: 'x', message: 'away' }, { status: 503 })));
    const { user } = renderApp(READ);
    await begin(user);
    await sayAndGoOn(user, '1');
    await screen.findByRole('img', { name: /^Picture 2 of 4/ });
    await sayAndGoOn(user, '2');
    await screen.findByText('2 readings kept here, sent when the platform answers');
    const kept = await waitingOf(STUDIES.reading, 'coordinator');
    expect(kept.map(({ label }) => label)).toEqual(['normal', 'bacterial']);
    const arrived: string[] = [];
    server.use(
      http.post('*/api/v1/reader-studies/:id/readings', async ({ request }) => {
        const given = (await request.json()) as { id: string; label: string };
        arrived.push(given.label);
        return HttpResponse.json({ ...given, revision: 1, position: arrived.length }, { status: 201 });
      }),
    );
    window.dispatchEvent(new Event('online'));
    expect(await screen.findByText('all sent')).toBeVisible();
    expect(arrived).toEqual(['normal', 'bacterial']);
    expect(await waitingOf(STUDIES.reading, 'coordinator')).toEqual([]);
  });

  it('keeps what the platform will never take, shows it, and goes on with the others', async () => {
    await expectPictures();
    server.use(http.post('*/api/v1/reader-studies/:id/readings', () => HttpResponse.json({ code: 'readings.study_not_open', message: 'This study is closed.' }, { status: 409 })));
    const { user } = renderApp(READ);
    await begin(user);
    await sayAndGoOn(user, '1');
    await user.click(await screen.findByRole('button', { name: 'Leave' }));
    expect(await screen.findByText(/normal, read .*: This study is closed\./)).toBeVisible();
    expect(await waitingOf(STUDIES.reading, 'coordinator')).toHaveLength(1);
  });

  it('says which files could not be read, and takes others', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    const gone = Object.assign(new File(['x'], 'gone.jpeg'), { arrayBuffer: () => Promise.reject(new DOMException('The file is not there any more.', 'NotFoundError')) });
    await user.upload(await screen.findByLabelText('Choose files'), gone);
    expect(await screen.findByRole('alert')).toHaveTextContent('The file is not there any more. Choose them again');
    await begin(user);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says so when the session has ended under it', async () => {
    await expectPictures();
    const { cache } = renderApp(READ);
    await screen.findByLabelText('Choose files');
    server.use(http.get('*/api/v1/auth/session', () => HttpResponse.json({ user: null, memberships: [], csrf: 'fixture' })));
    await cache.refetchQueries({ queryKey: ['session'] });
    expect(await screen.findByText('You are no longer logged in')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Log in' })).toHaveAttribute('href', expect.stringMatching(/^\/log-in\?next=/));
  });

  it('hides the picture in a pause and goes on where it was', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    await begin(user);
    await user.keyboard('2p');
    expect(screen.queryByRole('img', { name: /^Picture/ })).toBeNull();
    expect(screen.getByText('Paused. The picture is hidden and no time runs.')).toBeVisible();
    await user.keyboard('{Enter}p');
    expect(await screen.findByRole('img', { name: /^Picture 1 of 4/ })).toBeVisible();
    expect(screen.getByRole('radio', { name: /bacterial/ })).toBeChecked();
  });

  it('finds a case as it was left after a look at the one before', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    await begin(user);
    await sayAndGoOn(user, '1');
    await screen.findByRole('img', { name: /^Picture 2 of 4/ });
    await user.keyboard('2b');
    await screen.findByText(/You said/);
    await user.click(screen.getByRole('button', { name: 'Leave as it is' }));
    await screen.findByRole('img', { name: /^Picture 2 of 4/ });
    await waitFor(() => expect(screen.getByRole('radio', { name: /bacterial/ })).toBeChecked());
  });

  it('does not go back to a case that was read while the platform’s list is behind', async () => {
    await expectPictures(); // whose list says of every case that it was not read
    const { user, cache } = renderApp(READ);
    await begin(user);
    await sayAndGoOn(user, '1');
    await waitFor(() => expect(sent).toHaveLength(1));
    await screen.findByText('all sent');
    await cache.invalidateQueries({ queryKey: worklistQuery(STUDIES.reading).queryKey });
    expect(cache.getQueryData(worklistQuery(STUDIES.reading).queryKey)?.items[0]?.reading).toBeNull();
    expect(await screen.findByRole('img', { name: /^Picture 2 of 4/ })).toBeVisible();
    expect(screen.getByText(/1 of 4/)).toBeVisible();
  });

  it('amends an earlier answer by another one that names it', async () => {
    await expectPictures();
    const { user } = renderApp(READ);
    await begin(user);
    await sayAndGoOn(user, '1');
    await screen.findByRole('img', { name: /^Picture 2 of 4/ });
    await user.keyboard('b');
    expect(await screen.findByText(/You said/)).toHaveTextContent('You said normal');
    await screen.findByRole('img', { name: /^Picture 1 of 4/ });
    await sayAndGoOn(user, '3');
    await waitFor(() => expect(sent).toHaveLength(2));
    const [first, second] = sent.map((text) => JSON.parse(String(text)) as { id: string; replaces: string | null });
    expect(second?.replaces).toBe(first?.id);
  });
});

describe('whoever has nothing to read', () => {
  it('is shown what is left on the device of a study that was closed meanwhile', async () => {
    const given = { id: '8f2e6c31-4d55-4b1c-9a6f-000000000001', case: '8f2e6c31-4d55-4b1c-9a6f-000000000002', label: 'viral', confidence: null, shown_at: '2026-03-12T09:00:00Z', read_at: '2026-03-12T09:00:09Z', seconds: 9, replaces: null };
    await keepReading({ ...given, study: STUDIES.closed, user: 'coordinator', given: 1, refused: null });
    server.use(http.post('*/api/v1/reader-studies/:id/readings', () => HttpResponse.json({ code: 'readings.study_not_open', message: 'This study is closed.' }, { status: 409 })));
    renderApp(`/reader-studies/${STUDIES.closed}/read`);
    expect(await screen.findByText(/viral, read .*: This study is closed\./)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Save as a file' })).toBeEnabled();
    await dropReading(given.id);
  });

  it.each([
    [STUDIES.closed, 'This study is closed'],
    [STUDIES.open, 'You do not read in this study'],
  ])('is told why', async (study, why) => {
    renderApp(`/reader-studies/${study}/read`);
    expect(await screen.findByText(why)).toBeVisible();
  });
});
