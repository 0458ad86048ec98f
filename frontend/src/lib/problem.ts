/** What the platform says when it says no: `{code, message, fields?}`. */

export interface ApiProblem {
  code: string;
  message: string;
  fields?: Record<string, string[]>;
}

/** The platform said no, in its own words, or no answer came (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string[]>;

  constructor(status: number, problem: ApiProblem) {
    super(problem.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code;
    this.fields = problem.fields ?? {};
  }
}

export const unreachable = () =>
  new ApiError(0, { code: 'client.unreachable', message: 'The platform does not answer. Is it running, and is this machine online?' });

/** The page knows that nobody is logged in any more, and need not be told so by a refusal. */
export const loggedOut = () => new ApiError(401, { code: 'request.not_authenticated', message: 'The session has ended.' });

/** Turns whatever came back into the error's three parts. */
export function problemOf(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'message' in body && 'code' in body) {
    const { code, message } = body as { code: unknown; message: unknown };
    const fields = 'fields' in body ? (body as { fields: unknown }).fields : undefined;
    return new ApiError(status, { code: String(code), message: String(message), fields: asFields(fields) });
  }
  return new ApiError(status, { code: `http.${status}`, message: `The platform answered with status ${status} and no explanation.` });
}

function asFields(fields: unknown): Record<string, string[]> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, what]) => [name, Array.isArray(what) ? what.map(String) : [String(what)]]),
  );
}

/** Says whether an error is the kind that logging in as somebody else, not trying again, would mend. */
export function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}

/** What the platform says of each field, in one line each, as a form takes it. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(Object.entries(error.fields).map(([name, what]) => [name, what.join(' ')]));
}
