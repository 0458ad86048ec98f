import { http, HttpResponse, ws } from 'msw';
import { setupServer } from 'msw/node';
import { FixtureHub } from './hub';
import { Portal } from './portal/portal';

/** The fixture hub behind the addresses of the platform, for tests that render whole pages. */

interface Stage {
  hub: FixtureHub;
  portal: Portal;
  signedIn: boolean;
}

export const ORIGINS = ['http://party-0.example', 'http://party-1.example'] as const;
const QUICK = 0.1;

const stageOf = (hub: FixtureHub, signedIn: boolean): Stage => ({ hub, portal: new Portal(hub, ORIGINS, QUICK), signedIn });

let stage: Stage = stageOf(new FixtureHub(Date.now), true);

export function setHub(hub: FixtureHub | null, signedIn = true): void {
  stage = stageOf(hub ?? new FixtureHub(Date.now), signedIn);
}

const api = http.all('*/api/v1/*', async ({ request }) => {
  const url = new URL(request.url);
  const text = await request.text();
  const ask = {
    method: request.method,
    path: url.pathname.split('/api/v1/')[1] ?? '',
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    signedIn: stage.signedIn,
  };
  const reply = (await stage.portal.handle(ask)) ?? stage.hub.handle(ask);
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

const diagnoses = ws.link('ws://*/ws/diagnoses/:id').addEventListener('connection', ({ client, params }) => {
  const id = String(params.id);
  let sent = Number(new URL(client.url).searchParams.get('after') ?? 0);
  const bell = setInterval(() => {
    for (const event of stage.portal.eventsAfter(id, sent) ?? []) {
      client.send(JSON.stringify(event));
      sent = event.seq;
    }
  }, 20);
  client.addEventListener('close', () => clearInterval(bell));
});

const keyPages = ORIGINS.map((origin, party) => http.get(`${origin}/.well-known/primia-node.json`, async () => HttpResponse.json((await stage.portal.keyPage(party === 0 ? 0 : 1)) as object)));

export const server = setupServer(api, stream, diagnoses, ...keyPages);
