import type { Batch, BatchDetail, Diagnosis, DiagnosisEvent, DiagnosisState } from '../../api/diagnoses.ts';
import type { Answer } from '../../diagnosis/answer.ts';
import type { Ask, FixtureHub, Reply } from '../hub.ts';
import { SERVICES } from '../ids.ts';
import { answersTo } from './party.ts';
import { makeService, type TestService } from './service.ts';

/** The part of the invented platform that a patient's screens read. Its parties have keys and open what is sealed for them. */

export const PATIENT_SERVICE = '8d5b3a90-52c7-4f0e-8d51-7a2a5e1c2b01';

interface Row {
  diagnosis: Diagnosis;
  began: number;
  answers: Answer[] | null;
  /** Of its collector. */
  receipt: string | null;
}

interface Receipt {
  receipt: string;
}

const ok = (body: unknown, status = 200): Reply => ({ status, body });
const no = (status: number, code: string, message: string): Reply => ({ status, body: { code, message } });
const page = <One>(results: One[]) => ok({ next: null, previous: null, results });
const notFound = () => no(404, 'request.not_found', 'There is no such thing, or you may not see it.');

const STEPS = {
  p0: { wait_s: 0.02, open_s: 0.03, prepare_s: 0.31, online_s: 0.92, seal_s: 0.01 },
  p1: { wait_s: 0.03, open_s: 0.04, prepare_s: 0.35, online_s: 0.92, seal_s: 0.01 },
};

/** When what happens, in milliseconds at pace 1. */
const COURSE: [number, string, Record<string, unknown>][] = [
  [0, 'diagnosis.queued', {}],
  [500, 'diagnosis.computing', { attempt: 1 }],
  [520, 'diagnosis.phase', { party: 'p0', phase: 'opening' }],
  [540, 'diagnosis.phase', { party: 'p1', phase: 'opening' }],
  [700, 'diagnosis.phase', { party: 'p0', phase: 'preparing' }],
  [720, 'diagnosis.phase', { party: 'p1', phase: 'preparing' }],
  [1_000, 'diagnosis.phase', { party: 'p0', phase: 'computing' }],
  [1_000, 'diagnosis.phase', { party: 'p1', phase: 'computing' }],
  [1_900, 'diagnosis.answered', {}],
];

/** Made once a process: a browser that has seen a service's log expects to find it again. */
const services = new Map<string, Promise<TestService>>();

function serviceAt(origins: readonly [string, string], now: number): Promise<TestService> {
  const key = origins.join();
  const made = services.get(key) ?? makeService(PATIENT_SERVICE, now, origins);
  services.set(key, made);
  return made;
}

export class Portal {
  private readonly hub: FixtureHub;
  private readonly pace: number;
  /** From this machine's clock to the fixture's, which may stand still at another day. */
  private readonly ahead: number;
  private readonly made: Promise<TestService>;
  private readonly rows = new Map<string, Row>();
  private readonly batches = new Map<string, Omit<Batch, 'states'>>();

  constructor(hub: FixtureHub, origins: readonly [string, string], pace = 1) {
    this.hub = hub;
    this.pace = pace;
    this.ahead = hub.clock() - Date.now();
    this.made = serviceAt(origins, hub.clock());
  }

  /** Answers what belongs to it; null where the rest of the platform has to. */
  async handle(ask: Ask): Promise<Reply | null> {
    const [root = '', id = '', part = ''] = ask.path.split('/');
    if (!ask.signedIn) return null;
    if (root === 'services' && id === '' && ask.method === 'GET' && ask.query.get('state') === 'open') return page([this.offered()]);
    if (root === 'services' && id === PATIENT_SERVICE) return part === 'descriptor' ? ok((await this.made).signed) : part === '' ? ok(this.offered()) : null;
    if (root === 'descriptor-log' && ask.query.get('service') === PATIENT_SERVICE) return page([...(await this.made).log]);
    if (root === 'diagnoses') return this.diagnoses(ask, id, part);
    if (root === 'batches') return this.ofBatches(ask, id);
    return null;
  }

  async keyPage(party: 0 | 1): Promise<unknown> {
    const { parties, id, digest } = await this.made;
    return { node: parties[party].public, descriptors: [{ service: id, digest, signature: '' }] };
  }

  eventsAfter(id: string, after: number): DiagnosisEvent[] | null {
    const row = this.rows.get(id);
    if (row === undefined) return null;
    const gone = (this.now() - row.began) / this.pace;
    return COURSE.map(([at, kind, payload], index) => ({ seq: index + 1, time: new Date(row.began + at * this.pace).toISOString(), kind, payload, at })).filter(({ seq, at }) => seq > after && at <= gone);
  }

  private now(): number {
    return Date.now() + this.ahead;
  }

  private offered() {
    const { body } = this.hub.handle({ method: 'GET', path: `services/${SERVICES.open}`, query: new URLSearchParams(), signedIn: true });
    return { ...(body as object), id: PATIENT_SERVICE, waiting: 0 };
  }

  private async diagnoses({ method, body, query }: Ask, id: string, part: string): Promise<Reply> {
    if (id === '' && method === 'POST') return this.send(body as { id: string; service: string; descriptor: string; shares: string[]; batch: string | null });
    if (id === '') return page([...this.rows.keys()].flatMap((one) => this.told(one) ?? []));
    const row = this.rows.get(id);
    const told = this.told(id);
    if (row === undefined || told === null) return notFound();
    if (part === 'events') return page(this.eventsAfter(id, Number(query.get('after') ?? 0)) ?? []);
    if (part === 'collect') return this.collect(row, told, (body as Receipt).receipt);
    if (part === 'acknowledge') return this.acknowledge(row, (body as Receipt).receipt);
    if (method !== 'DELETE') return ok(told);
    this.rows.delete(id);
    return { status: 204, body: null };
  }

  private async send(given: { id: string; descriptor: string; shares: string[]; batch: string | null }): Promise<Reply> {
    const service = await this.made;
    if (given.descriptor !== service.digest) return no(409, 'diagnosis.wrong_descriptor', 'The service has another descriptor by now; read it again.');
    const now = this.now();
    const iso = new Date(now).toISOString();
    const diagnosis: Diagnosis = {
      id: given.id, service: service.id, service_title: 'Pneumonia from chest X-rays', batch: given.batch, state: 'queued', position: 0, attempts: 0, steps: {}, failure: null,
      created_at: iso, computing_at: null, answered_at: null, collected_at: null, ended_at: null, expires_at: new Date(now + 3_600_000).toISOString(),
    };
    this.rows.set(given.id, { diagnosis, began: now, answers: await answersTo(service, given.id, given.shares), receipt: null });
    return ok(diagnosis, 201);
  }

  private collect(row: Row, told: Diagnosis, receipt: string): Reply {
    if (row.answers === null || (row.receipt ?? receipt) !== receipt) return no(410, 'diagnosis.collected', 'The answers were handed out before, to somebody else or for good.');
    if (told.state !== 'answered') return no(409, 'diagnosis.not_ready', 'Both answers are not in yet.');
    Object.assign(row, { receipt, diagnosis: { ...row.diagnosis, collected_at: new Date(this.now()).toISOString() } });
    return ok({ answers: row.answers });
  }

  private acknowledge(row: Row, receipt: string): Reply {
    if (row.receipt !== receipt) return no(410, 'diagnosis.collected', 'The answers were handed out to somebody else.');
    row.answers = null;
    return { status: 204, body: null };
  }

  private told(id: string): Diagnosis | null {
    const row = this.rows.get(id);
    if (row === undefined) return null;
    const events = this.eventsAfter(id, 0) ?? [];
    const at = (kind: string) => events.find((event) => event.kind === kind)?.time ?? null;
    const [computing_at, answered_at] = [at('diagnosis.computing'), at('diagnosis.answered')];
    const state: DiagnosisState = row.answers === null ? 'collected' : answered_at !== null ? 'answered' : computing_at !== null ? 'computing' : 'queued';
    return { ...row.diagnosis, state, position: state === 'queued' ? 0 : null, computing_at, answered_at, steps: answered_at === null ? {} : STEPS };
  }

  private ofBatches({ method, body }: Ask, id: string): Reply {
    if (id === '' && method === 'POST') {
      const given = body as { id: string; service: string; name: string; count: number };
      this.batches.set(given.id, { ...given, service_title: 'Pneumonia from chest X-rays', created_at: new Date(this.now()).toISOString() });
      return ok(this.batch(given.id), 201);
    }
    if (id === '') return page([...this.batches.keys()].flatMap((one) => this.batch(one) ?? []));
    const one = this.batch(id);
    return one === null ? notFound() : ok(one);
  }

  private batch(id: string): BatchDetail | null {
    const batch = this.batches.get(id);
    if (batch === undefined) return null;
    const rows = [...this.rows.keys()].flatMap((one) => this.told(one) ?? []).filter((row) => row.batch === id);
    const of = (state: DiagnosisState) => rows.filter((row) => row.state === state).length;
    const states = { missing: batch.count - rows.length, queued: of('queued'), computing: of('computing'), answered: of('answered'), collected: of('collected'), failed: 0, expired: 0 };
    return { ...batch, states, rows };
  }
}
