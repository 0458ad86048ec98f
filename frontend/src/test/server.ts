import { http, HttpResponse, ws } from 'msw';
import { setupServer } from 'msw/node';
import { FixtureHub } from './hub';

/** The fixture hub behind the addresses of the platform, for tests that render whole pages. */

interface Stage {
  hub: FixtureHub;
  signedIn: boolean;
}

let stage: Stage = { hub: new FixtureHub(Date.now), signedIn: true };

export function setHub(hub: FixtureHub | null, signedIn = true): void {
  stage = { hub: hub ?? new FixtureHub(Date.now), signedIn };
}

const api = http.all('*/api/v1/*', async ({ request }) => {
  const url = new URL(request.url);
  const text = await request.text();
  const reply = stage.hub.handle({
    method: request.method,
    path: url.pathname.split('/api/v1/')[1] ?? '',
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    signedIn: stage.signedIn,
  });
  if (reply.signIn !== undefined) stage.signedIn = reply.signIn;
  return reply.status === 204 ? new HttpResponse(null, { status: 204 }) : HttpResponse.json(reply.body as object, { status: reply.status });
});

const stream = ws.link('ws://*/ws/jobs/:id').addEventListener('connection', ({ client, params }) => {
  const id = String(params.id);
  let sent = Number(new URL(client.url).searchParams.get('after') ?? 0);
  const bell = setInterval(() => {
    for (const event of stage.hub.eventsAfter(id, sent) ?? []) {
      client.send(JSON.stringify(event));
      sent = event.seq;
    }
  }, 20);
  client.addEventListener('close', () => clearInterval(bell));
});

export const server = setupServer(api, stream);
