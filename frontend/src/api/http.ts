import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf, unreachable } from '@/lib/problem';
import type { paths } from './schema';
import type { Page } from './types';

/** Requests to the platform on this page's own origin, typed by its description. Session by cookie; writes carry the CSRF token. */

export function csrfToken(cookies = document.cookie): string {
  const found = cookies.split('; ').find((one) => one.startsWith('csrftoken='));
  return found === undefined ? '' : decodeURIComponent(found.slice('csrftoken='.length));
}

const manners: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-CSRFToken', csrfToken());
  },
  async onResponse({ response }) {
    if (response.ok) return;
    throw problemOf(response.status, parsed(await response.text()));
  },
  onError({ error, request }) {
    return request.signal.aborted && error instanceof Error ? error : unreachable();
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
  fetch: (request) => globalThis.fetch(request),
});
api.use(manners);

/** What a request that did not throw has brought. */
export async function got<Answer>(request: Promise<{ data?: unknown }>): Promise<Answer> {
  return (await request).data as Answer;
}

/** A cursor page names the next one by its whole address; only path and query are ours to follow. */
async function following<Row>(next: string, signal?: AbortSignal): Promise<Page<Row>> {
  const { pathname, search } = new URL(next, window.location.origin);
  const untyped = api as unknown as { GET: (path: string, options: { signal?: AbortSignal }) => Promise<{ data?: unknown }> };
  return got(untyped.GET(`${pathname}${search}`, signal === undefined ? {} : { signal }));
}

/** One page: the first, or the one that the page before it named. */
export function pageAt<Row>(next: string | null, first: () => Promise<{ data?: unknown }>, signal?: AbortSignal): Promise<Page<Row>> {
  return next === null ? got(first()) : following(next, signal);
}

export async function everyPage<Row>(first: Promise<{ data?: unknown }>, signal?: AbortSignal): Promise<Row[]> {
  let page = await got<Page<Row>>(first);
  const rows = [...page.results];
  while (page.next !== null) {
    page = await following(page.next, signal);
    rows.push(...page.results);
  }
  return rows;
}
