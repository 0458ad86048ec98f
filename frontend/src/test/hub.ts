import type { Approval, Job, JobEvent, JobKind, JobSettings, ModelVersion } from '../api/types.ts';
import { applyEvents } from '../features/run/model/reduce.ts';
import { type RunView, startView } from '../features/run/model/view.ts';
import { Desk } from './desk/desk.ts';
import { evidence } from './evidence/evidence.ts';
import { exampleJob, plot, SITES } from './examples.ts';
import { auditEntries, datasets, examinationPreview, federation, modelOf, pooled, preview, session } from './records.ts';
import { EVIDENCE, IDS } from './ids.ts';
import { privacy } from './privacy/ledger.ts';
import { jobsAt, type Tale } from './tales.ts';
import { tell } from './story.ts';

/** An invented platform in memory: the API's shapes and a clock. Tests, the fixture server and the pictures share it. */

export interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  body?: unknown;
  signedIn: boolean;
}

export interface Reply {
  status: number;
  body: unknown;
  signIn?: boolean;
}

const ok = (body: unknown, status = 200): Reply => ({ status, body });
const no = (status: number, code: string, message: string, fields?: Record<string, string[]>): Reply => ({ status, body: { code, message, ...(fields && { fields }) } });
const page = <Row>(results: Row[]) => ok({ next: null, previous: null, results });
const notFound = () => no(404, 'request.not_found', 'There is no such thing, or you may not see it.');

export class FixtureHub {
  readonly clock: () => number;
  private readonly tales: Map<string, Tale>;
  private readonly desk: Desk;
  private confirmed = new Set(['aalborg', 'basel', 'coimbra']);
  private released = 'published';

  constructor(clock: () => number) {
    this.clock = clock;
    this.desk = new Desk(clock);
    this.tales = new Map(jobsAt(clock()).map((tale) => [tale.base.id, tale]));
  }

  view(id: string): RunView | null {
    const tale = this.tales.get(id);
    if (tale === undefined) return null;
    const view = applyEvents(startView(tale.base, [], [], []), this.visible(tale));
    const ended = view.events.find(({ kind }) => kind === 'job.succeeded');
    return { ...view, job: { ...view.job, last_seq: view.seq, test: ended === undefined || view.job.kind !== 'train' ? null : (ended.payload.test as Job['test']) } };
  }

  eventsAfter(id: string, after: number): JobEvent[] | null {
    const tale = this.tales.get(id);
    return tale === undefined ? null : this.visible(tale).filter(({ seq }) => seq > after);
  }

  handle({ method, path, query, body, signedIn }: Ask): Reply {
    const [root = '', id = '', part = '', more = ''] = path.split('/');
    if (path === 'auth/session') return this.session(method, body, signedIn);
    if (!signedIn) return no(401, 'request.not_authenticated', 'Log in first.');
    const told = this.desk.handle(method, path, query, body) ?? evidence(path, query, this.clock()) ?? privacy(path, query, this.clock());
    if (told !== null) return told;
    switch (root) {
      case 'federations':
        return this.federations(method, id, part, more, body);
      case 'datasets':
        return id === 'pooled' ? ok(this.pooled()) : page(datasets(this.clock()));
      case 'jobs':
        return method === 'GET' ? this.readJobs(id, part, query) : this.writeJobs(id, part, body);
      case 'models':
        return this.models(id, part);
      case 'audit':
        return page(auditEntries(this.clock()).filter(({ action, actor }) => action.startsWith(query.get('action') ?? '') && actor.startsWith(query.get('actor') ?? '')));
      default:
        return notFound();
    }
  }

  private session(method: string, body: unknown, signedIn: boolean): Reply {
    if (method === 'DELETE') return { ...ok(null, 204), signIn: false };
    if (method === 'GET') return ok(session(signedIn));
    const { password } = body as { password: string };
    if (password === 'wrong') return no(401, 'accounts.credentials', 'User name or password is wrong.');
    return { ...ok(session(true)), signIn: true };
  }

  private federations(method: string, id: string, part: string, more: string, body: unknown): Reply {
    const one = federation(this.clock(), this.confirmed);
    if (id === '') return page([one]);
    if (id !== one.id) return notFound();
    if (part === '') return ok(one);
    if (part === 'sites' && method === 'GET') return ok(one.sites);
    if (part === 'sites') {
      this.confirmed.add(one.sites.find((site) => site.id === more)?.slug ?? '');
      return ok(federation(this.clock(), this.confirmed).sites.find((site) => site.id === more));
    }
    const { site_slug, site_name } = body as { site_slug: string; site_name: string };
    if (SITES.some(({ slug }) => slug === site_slug)) return no(400, 'request.invalid', 'Some values do not fit; see fields.', { site_slug: ['This short name is taken.'] });
    const token = 'pse_4kT9wQmZ2vXc8LrYhB6nD1sJ';
    return ok({ id: 'e1', site_slug, site_name, expires_at: new Date(this.clock() + 86_400_000).toISOString(), token }, 201);
  }

  private pooled() {
    const job = this.view(IDS.running)?.job;
    return job === undefined ? [] : [pooled(job, this.clock() - 430_000)];
  }

  private readJobs(id: string, part: string, query: URLSearchParams): Reply {
    if (id === '') {
      const jobs = [...this.tales.keys()].flatMap((each) => this.view(each)?.job ?? []).sort((a, b) => b.created_at.localeCompare(a.created_at));
      const state = query.get('state');
      const search = (query.get('search') ?? '').toLowerCase();
      return page(jobs.filter((job) => (state === null || job.state === state) && job.title.toLowerCase().includes(search)));
    }
    const view = this.view(id);
    if (view === null) return notFound();
    switch (part) {
      case '':
        return ok(view.job);
      case 'rounds':
        return page(view.rounds);
      case 'approvals':
        return page(this.approvals(view));
      case 'events':
        return page(this.eventsAfter(id, Number(query.get('after') ?? 0)) ?? []);
      default:
        return notFound();
    }
  }

  private approvals(view: RunView): Approval[] {
    if (view.job.plan_hash === null) return [];
    return view.job.roster.map((site) => view.approvals[site.slug] ?? { site, decision: null, reason: '', decided_at: null });
  }

  private writeJobs(id: string, part: string, body: unknown): Reply {
    if (id === 'preview') return ok((body as { kind?: JobKind }).kind === 'train' ? preview(body as { settings: JobSettings }) : examinationPreview());
    if (id === '') return this.createJob(body as { title: string; settings: JobSettings });
    const tale = this.tales.get(id);
    if (tale === undefined) return notFound();
    this.act(tale, part);
    return ok(this.view(id)?.job);
  }

  private createJob({ title, kind = 'train', model, settings }: { title: string; kind?: JobKind; model?: string; settings: JobSettings }): Reply {
    if (title === 'taken') return no(400, 'request.invalid', 'Some settings do not fit; see fields.', { title: ['A job of this title runs already.'] });
    const id = `00000000-0000-4000-8000-${String(this.tales.size).padStart(12, '0')}`;
    const whole = { ...exampleJob().settings, ...settings, data: { ...exampleJob().settings.data, ...settings.data } };
    const base = exampleJob({ id, title, settings: whole, rounds_total: kind === 'train' ? settings.strategy.rounds : 1, created_at: new Date(this.clock()).toISOString(), kind, model: model === undefined ? null : { id: model, name: 'Pneumonia, winter cohort', number: 1 } });
    this.tales.set(id, { base, events: [], later: [], pausedAt: 0 });
    return ok(base, 201);
  }

  private act(tale: Tale, action: string): void {
    const now = this.clock();
    const past = tale.events.filter(({ time }) => Date.parse(time) <= now);
    const say = (kind: string): JobEvent => ({ seq: past.length + 1, time: new Date(now).toISOString(), site: null, kind, payload: {} });
    if (action === 'submit') {
      const { rounds_total: rounds } = tale.base;
      const examines = { evaluate: { kind: 'scores', made: { evaluation: EVIDENCE.evaluation } }, audit: { kind: 'audit', made: { attack_audit: EVIDENCE.audit } }, train: undefined } as const;
      const step = examines[tale.base.kind];
      tale.events = tell(plot({ start: now, rounds, training: 1.6, ...(step !== undefined && { examines: step }), end: 'succeeded', test: modelOf(tale.base, now).test as unknown as Record<string, unknown> }));
    }
    if (action === 'pause') Object.assign(tale, { later: tale.events.slice(past.length), events: [...past, say('job.paused')], pausedAt: now });
    if (action === 'cancel') Object.assign(tale, { later: [], events: [...past, say('job.cancelled')] });
    if (action === 'resume') {
      const moved = tale.later.map((event) => ({ ...event, time: new Date(Date.parse(event.time) + now - tale.pausedAt).toISOString() }));
      tale.events = [...past, say('job.resumed'), { ...say('job.started') }, ...moved].map((event, index) => ({ ...event, seq: index + 1 }));
      tale.later = [];
    }
  }

  private models(id: string, action: string): Reply {
    if (action === 'retire') this.released = 'retired';
    const done = [...this.tales.keys()].flatMap((each) => this.view(each)?.job ?? []).filter(({ state, kind }) => state === 'succeeded' && kind === 'train');
    const models = done.map((job) => ({ ...modelOf(job, Date.parse(job.finished_at ?? job.created_at)), state: this.released as ModelVersion['state'] }));
    if (id === '') return page(models);
    const one = models.find((model) => model.id === id);
    return one === undefined ? notFound() : ok(one);
  }

  private visible({ events }: Tale): JobEvent[] {
    const now = this.clock();
    return events.filter(({ time }) => Date.parse(time) <= now);
  }
}
