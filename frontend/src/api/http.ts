import { problemOf, unreachable } from '@/lib/problem';

/** One request to the platform on this page's own origin. Session by cookie; writes carry the CSRF token. */

export type Query = Record<string, string | number | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export function csrfToken(cookies = document.cookie): string {
  const found = cookies.split('; ').find((one) => one.startsWith('csrftoken='));
  return found === undefined ? '' : decodeURIComponent(found.slice('csrftoken='.length));
}

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `/api/v1/${path}${text === '' ? '' : `?${text}`}`;
}

async function request<Answer>(method: string, path: string, { query, body, signal, headers: more }: Options): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken();
  let response: Response;
  try {
    response = await fetch(path.startsWith('/') ? path : address(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable();
  }
  const text = await response.text();
  const answer: unknown = text === '' ? null : parse(text);
  if (!response.ok) throw problemOf(response.status, answer);
  return answer as Answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const http = {
  get: <Answer>(path: string, query?: Query, signal?: AbortSignal) =>
    request<Answer>('GET', path, { ...(query && { query }), ...(signal && { signal }) }),
  post: <Answer>(path: string, body: unknown = {}, headers: Record<string, string> = {}) => request<Answer>('POST', path, { body, headers }),
  delete: <Answer>(path: string) => request<Answer>('DELETE', path, {}),
};

/** A cursor page names the next one by its whole address; only path and query are ours to follow. */
export function pathOf(next: string): string {
  const url = new URL(next, window.location.origin);
  return `${url.pathname}${url.search}`;
}
