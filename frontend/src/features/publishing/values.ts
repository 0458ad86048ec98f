import type { NewService } from '@/api/services';
import type { ModelDetail, Node, NodeRole } from '@/api/types';
import type { Policy, Profile, ProtocolName } from '@/lib/protocols';
import { NODE_ROLES, roleWords } from '@/lib/roles';

/** The form's values, flat, and what is wrong with them. The platform checks again; this only answers sooner. */

export interface Values extends Record<NodeRole, string> {
  title: string;
  intendedUse: string;
  policy: Policy;
  protocol: ProtocolName;
  profile: Profile;
  stockLow: number | '';
  stockFull: number | '';
  perDay: number | '';
  /** Day, as a date field writes it. */
  expires: string;
}

const HALF_A_YEAR_MS = 182 * 86_400_000;

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The first machine of each role that is confirmed, before one that is heard. */
export function defaultNode(nodes: Node[], role: NodeRole): string {
  const fit = nodes.filter((node) => node.role === role && node.confirmed);
  return (fit.find(({ online }) => online) ?? fit[0])?.id ?? '';
}

export function defaults(model: ModelDetail, nodes: Node[], now: number): Values {
  return {
    title: model.name,
    intendedUse: model.card.intended_use,
    policy: 'logits',
    protocol: 'tables',
    profile: 'fast',
    p0: defaultNode(nodes, 'p0'),
    p1: defaultNode(nodes, 'p1'),
    dealer: defaultNode(nodes, 'dealer'),
    owner: defaultNode(nodes, 'owner'),
    stockLow: 3,
    stockFull: 8,
    perDay: 100,
    expires: day(now + HALF_A_YEAR_MS),
  };
}

type Problems = Partial<Record<keyof Values, string>>;

function range(value: number | '', low: number, high: number): string | null {
  if (value === '' || !Number.isInteger(value)) return `Enter a whole number from ${low} to ${high}`;
  return value < low || value > high ? `From ${low} to ${high}; this is ${value}` : null;
}

function length(text: string, most: number, ask: string): string | null {
  if (text.trim() === '') return ask;
  return text.length > most ? `At most ${most} characters; this has ${text.length}` : null;
}

export function check(values: Values, now: number): Problems {
  const { stockLow, stockFull, expires } = values;
  const nodes = NODE_ROLES.map((role) => [role, values[role] === '' ? `Choose a ${roleWords(role).short} whose key is confirmed` : null] as const);
  const found: Record<string, string | null> = {
    title: length(values.title, 120, 'Give the service a title that those who ask it understand'),
    intendedUse: length(values.intendedUse, 2000, 'Say for whom and for what it is meant, and what it is not'),
    ...Object.fromEntries(nodes),
    stockLow: range(stockLow, 1, 1000),
    stockFull: range(stockFull, 1, 1000) ?? (stockLow !== '' && stockFull !== '' && stockFull < stockLow ? `Not below ${stockLow}, at which refilling begins` : null),
    perDay: range(values.perDay, 1, 100_000),
    expires: expires === '' ? 'Choose a day' : new Date(expires).getTime() <= now ? 'A day to come' : null,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)) as Problems;
}

export function toService(values: Values, model: string): NewService {
  const { p0, p1, dealer, owner, policy, protocol, profile } = values;
  return {
    model_version: model,
    title: values.title.trim(),
    intended_use: values.intendedUse.trim(),
    ...{ policy, protocol, profile, p0, p1, dealer, owner },
    stock_low: Number(values.stockLow),
    stock_full: Number(values.stockFull),
    per_user_daily: Number(values.perDay),
    expires_at: new Date(values.expires).toISOString(),
  };
}

const PLACES: Record<string, keyof Values> = {
  title: 'title',
  intended_use: 'intendedUse',
  policy: 'policy',
  protocol: 'protocol',
  profile: 'profile',
  owner: 'owner',
  dealer: 'dealer',
  p0: 'p0',
  p1: 'p1',
  stock_low: 'stockLow',
  stock_full: 'stockFull',
  per_user_daily: 'perDay',
  expires_at: 'expires',
};

/** What the platform says of fields, put beside the inputs; what has no input of its own is told above the form. */
export function fromPlatform(fields: Record<string, string[]>): { beside: Problems; above: string[] } {
  const beside: Problems = {};
  const above: string[] = [];
  for (const [place, messages] of Object.entries(fields)) {
    const input = PLACES[place];
    if (input === undefined) above.push(`${place}: ${messages.join(' ')}`);
    else beside[input] = messages.join(' ');
  }
  return { beside, above };
}
