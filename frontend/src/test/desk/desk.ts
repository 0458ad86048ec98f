import type { NewService } from '../../api/services.ts';
import type { NodeInvitation, Service, ServiceDetail, Token, Webhook, WebhookDelivery } from '../../api/types.ts';
import { SERVICES } from '../ids.ts';
import { deliveries, tokens, webhooks } from './access.ts';
import log from './log.json' with { type: 'json' };
import { nodes } from './nodes.ts';
import { operations } from './operations.ts';
import { PRICES, type Recipe, recipesAt, service } from './services.ts';
import signed from './signed.json' with { type: 'json' };
import { ReaderStudies } from '../study/studies.ts';

/** The part of the invented platform that a coordinator's screens of diagnosis read: nodes, services, tokens, webhooks. */

export interface Answer {
  status: number;
  body: unknown;
}

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const no = (status: number, code: string, message: string, fields?: Record<string, string[]>): Answer => ({ status, body: { code, message, ...(fields && { fields }) } });
const page = <Row>(results: Row[]) => ok({ next: null, previous: null, results });
const notFound = () => no(404, 'request.not_found', 'There is no such thing, or you may not see it.');

export class Desk {
  readonly clock: () => number;
  private readonly recipes: Recipe[];
  private readonly confirmed = new Set<string>();
  private tokens: Token[];
  private webhooks: Webhook[];
  private readonly sent = new Map<string, WebhookDelivery[]>();
  private readonly studies: ReaderStudies;

  constructor(clock: () => number) {
    this.clock = clock;
    this.recipes = recipesAt(clock());
    this.studies = new ReaderStudies(clock);
    this.tokens = tokens(clock());
    this.webhooks = webhooks(clock());
    this.sent.set('hook-1', deliveries(clock()));
  }

  /** Answers what belongs to it; null where another part of the platform has to. */
  handle(method: string, path: string, query: URLSearchParams, body: unknown): Answer | null {
    const [root = '', id = '', part = ''] = path.split('/');
    switch (root) {
      case 'nodes':
        return this.nodes(method, id, body);
      case 'node-invitations':
        return this.invite(body as Pick<NodeInvitation, 'federation' | 'role' | 'name'>);
      case 'services':
        return this.services(method, id, part, query, body);
      case 'descriptor-log':
        return page(query.get('service') === SERVICES.open ? log : []);
      case 'auth':
        return id === 'tokens' ? this.ownTokens(method, part, body) : null;
      case 'webhooks':
        return this.ownWebhooks(method, id, part, body);
      default:
        return this.studies.handle(method, path, query, body);
    }
  }

  private nodes(method: string, id: string, body: unknown): Answer {
    const all = nodes(this.clock(), this.confirmed);
    if (method === 'GET') return page(all);
    const one = all.find((node) => node.id === id);
    if (one === undefined) return notFound();
    if ((body as { fingerprint: string }).fingerprint !== one.fingerprint) return no(400, 'node.fingerprint_differs', 'This is not the fingerprint of that node.');
    this.confirmed.add(one.slug);
    return ok({ ...one, confirmed: true });
  }

  private invite(body: Pick<NodeInvitation, 'federation' | 'role' | 'name'>): Answer {
    if (body.name === 'refused') return no(400, 'request.invalid', 'Some values do not fit; see fields.', { name: ['This name is not allowed.'] });
    const expires_at = new Date(this.clock() + 86_400_000).toISOString();
    return ok({ id: 'invitation-1', ...body, expires_at, token: 'primia-join-7uQ2mXd9RkV4sBzL8hWcT3fY' }, 201);
  }

  private all(): ServiceDetail[] {
    return this.recipes.map((recipe) => service(recipe, this.clock())).sort((a, b) => b.created_at.localeCompare(a.created_at));
  }

  private services(method: string, id: string, part: string, query: URLSearchParams, body: unknown): Answer {
    if (id === '' && method === 'GET') {
      const state = query.get('state');
      return page<Service>(this.all().filter((one) => state === null || one.state === state));
    }
    if (id === '') return this.publish(body as NewService);
    if (id === 'price') return ok(PRICES);
    const recipe = this.recipes.find((one) => one.id === id);
    if (recipe === undefined) return notFound();
    if (part === 'descriptor') return id === SERVICES.open ? ok(signed) : notFound();
    if (part === 'operations') return ok(operations(this.clock()));
    if (part === 'close') recipe.closed = this.clock();
    if (part === 'retry') Object.assign(recipe, { began: this.clock(), fails: undefined });
    return ['', 'close', 'retry'].includes(part) ? ok(service(recipe, this.clock())) : notFound();
  }

  private publish(given: NewService): Answer {
    if (given.title === 'taken') return no(400, 'request.invalid', 'Some values do not fit; see fields.', { title: ['A service of this title is open.'] });
    const id = `00000000-0000-4000-9000-${String(this.recipes.length).padStart(12, '0')}`;
    const { title, intended_use, policy, protocol, per_user_daily, expires_at } = given;
    const recipe = { id, began: this.clock(), ...{ title, intended_use, policy, protocol, per_user_daily, expires_at }, low: given.stock_low, full: given.stock_full };
    this.recipes.push(recipe);
    return ok(service(recipe, this.clock()), 201);
  }

  private ownTokens(method: string, id: string, body: unknown): Answer {
    if (method === 'GET') return page(this.tokens);
    if (method === 'DELETE') {
      this.tokens = this.tokens.filter((token) => token.id !== id);
      return ok(null, 204);
    }
    const given = body as Pick<Token, 'name' | 'scopes' | 'expires_at' | 'diagnoses_per_day'>;
    if (this.tokens.some(({ name }) => name === given.name)) return no(400, 'request.invalid', 'Some values do not fit; see fields.', { name: ['You have a token of this name.'] });
    const token: Token = { id: `token-${this.tokens.length + 1}`, ...given, created_at: new Date(this.clock()).toISOString(), last_used_at: null };
    this.tokens = [token, ...this.tokens];
    return ok({ ...token, token: 'pat_Jm4vT8qLx2Zc6NwR9dKyF1sHb3Ug' }, 201);
  }

  private ownWebhooks(method: string, id: string, part: string, body: unknown): Answer {
    const now = new Date(this.clock()).toISOString();
    if (id === '' && method === 'GET') return page(this.webhooks);
    if (id === '') {
      const webhook: Webhook = { id: `hook-${this.webhooks.length + 1}`, ...(body as Pick<Webhook, 'url' | 'kinds'>), active: true, created_at: now };
      this.webhooks = [...this.webhooks, webhook];
      return ok({ ...webhook, secret: 'whsec_e7Yk2Wq9Tn4BvM8cXs5LdRz1' }, 201);
    }
    if (part === 'deliveries') return page(this.sent.get(id) ?? []);
    if (part === 'test') {
      const delivery: WebhookDelivery = { id: `test-${now}`, kind: 'webhook.test', attempts: 1, created_at: now, next_at: now, delivered_at: now, failed_at: null, last_status: 204 };
      this.sent.set(id, [delivery, ...(this.sent.get(id) ?? [])]);
      return ok(delivery);
    }
    this.webhooks = this.webhooks.filter((webhook) => webhook.id !== id);
    return ok(null, 204);
  }
}
