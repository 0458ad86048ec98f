import type { GivenReading, NewStudy, OwnReading, Rater, StudyDetail, WorkItem } from '../../api/readings.ts';
import type { Answer } from '../desk/desk.ts';
import { FEDERATION } from '../examples.ts';
import { digest } from '../records.ts';
import comparison from './comparison.json' with { type: 'json' };
import { PHANTOM, STUDIES } from './ids.ts';

/** The part of the invented platform that reader studies are read from. It keeps to the blinding of the real one. */

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const no = (status: number, code: string, message: string, fields?: Record<string, string[]>): Answer => ({ status, body: { code, message, ...(fields && { fields }) } });

const CLASSES = ['normal', 'bacterial', 'viral'];
const DAY = 86_400_000;
const CASES = 24;
const READ = 9;

const rater = (n: number, change: Partial<Rater>): Rater => ({
  id: `rater-${n}`, kind: 'reader', name: `Reader ${n}`, username: null, own: false, model_version: null, read: 0, amended: 0, created_at: '2026-03-02T08:00:00Z', withdrawn_at: null, ...change,
});

export class ReaderStudies {
  readonly clock: () => number;
  private readonly studies: StudyDetail[];
  private readonly given = new Map<string, OwnReading>();

  constructor(clock: () => number) {
    this.clock = clock;
    this.studies = studiesAt(clock());
    const items = this.items().slice(0, READ);
    for (const { case: of, position } of items) this.given.set(of, { id: `read-${of}`, label: CLASSES[position % 3] ?? '', confidence: 70, read_at: new Date(clock() - DAY).toISOString(), seconds: 8.4, revision: 1, position });
  }

  handle(method: string, path: string, query: URLSearchParams, body: unknown): Answer | null {
    const [root = '', id = '', part = '', rest = ''] = path.split('/');
    if (root !== 'reader-studies') return null;
    if (id === '') return method === 'GET' ? this.list(query) : this.make(body as NewStudy);
    const study = this.studies.find((one) => one.id === id);
    if (study === undefined) return no(404, 'request.not_found', 'There is no such study, or you do not take part in it.');
    const hidden = no(403, 'readings.blinded', 'Truth and comparison stay hidden until the study is closed: you read in it.');
    switch (part) {
      case '':
        return ok(this.told(study));
      case 'open':
      case 'close':
        return this.move(study, part);
      case 'candidates':
        return ok([
          { id: 'u-reader-1', username: 'reader-1', name: 'Reader account 1', roles: ['clinician'], barred: 'reads' },
          { id: 'u-reader-4', username: 'reader-4', name: 'Reader account 4', roles: ['clinician'], barred: '' },
          { id: 'u-ada', username: 'coordinator', name: 'Coordinator', roles: ['coordinator'], barred: 'knows' },
        ]);
      case 'readers':
        study.raters.push(rater(study.raters.length + 1, { username: 'reader-4' }));
        return ok(study, 201);
      case 'raters':
        return rest === '' ? this.bring(study, body as { kind: Rater['kind']; name: string }) : this.withdraw(study, rest);
      case 'worklist':
        return ok({ rater: 'Reader 2', items: this.items() });
      case 'readings':
        return this.give(body as GivenReading);
      case 'comparison':
        return study.blinded ? hidden : ok({ ...comparison, interim: study.state === 'open' });
      case 'readings.csv':
      case 'log.csv':
        return study.blinded ? hidden : ok('case,truth,Reader 1\n0001,normal,normal\n');
      default:
        return no(404, 'request.not_found', 'There is no such thing.');
    }
  }

  private list(query: URLSearchParams): Answer {
    const state = query.get('state');
    return ok({ next: null, previous: null, results: this.studies.filter((one) => state === null || one.state === state).map((one) => this.told(one)) });
  }

  private make(given: NewStudy): Answer {
    if (given.title === 'taken') return no(400, 'request.invalid', 'Some values do not fit; see fields.', { title: ['A study of this title is open.'] });
    const { id, title, question, classes, washout, ask_confidence } = given;
    const cases = given.cases.trim().split('\n').length - 1;
    const study = { ...base(this.clock(), id), title, question, classes, washout, ask_confidence, cases, margin: given.margin === null ? null : Number(given.margin) };
    this.studies.unshift(study);
    return ok(study, 201);
  }

  private move(study: StudyDetail, part: 'open' | 'close'): Answer {
    const now = new Date(this.clock()).toISOString();
    Object.assign(study, part === 'open' ? { state: 'open', opened_at: now } : { state: 'closed', closed_at: now, seal: digest(77) });
    return ok(study);
  }

  private bring(study: StudyDetail, { kind, name }: { kind: Rater['kind']; name: string }): Answer {
    if (name === '') return no(400, 'request.invalid', 'The name does not fit.', { name: ['Give the rater a name.'] });
    study.raters.push(rater(study.raters.length + 1, { kind, name, read: study.cases }));
    return ok(study, 201);
  }

  private withdraw(study: StudyDetail, id: string): Answer {
    study.raters = study.raters.map((one) => (one.id === id ? { ...one, withdrawn_at: new Date(this.clock()).toISOString() } : one));
    return ok(study);
  }

  private give(given: GivenReading): Answer {
    const known = this.given.get(given.case);
    if (known?.id === given.id) return ok(known);
    if ((known?.id ?? null) !== given.replaces) return no(409, 'readings.already_read', 'This case has been read, on another device perhaps; reload, and amend that reading if it was wrong.');
    const { id, label, confidence, read_at, seconds } = given;
    const reading = { id, label, confidence, read_at, seconds, revision: (known?.revision ?? 0) + 1, position: this.given.size + 1 };
    this.given.set(given.case, reading);
    return ok(reading, 201);
  }

  private items(): WorkItem[] {
    return Array.from({ length: CASES }, (_, index) => {
      const of = `00000000-0000-4000-a000-${String(index + 1).padStart(12, '0')}`;
      return { case: of, position: index + 1, sha256: index === READ ? PHANTOM : digest(index + 400), reading: this.given.get(of) ?? null };
    });
  }

  private told(study: StudyDetail): StudyDetail {
    if (study.id !== STUDIES.reading) return study;
    return { ...study, raters: study.raters.map((one) => ({ ...one, read: this.given.size })) };
  }
}

function base(now: number, id: string): StudyDetail {
  return {
    id, federation: FEDERATION, title: 'Children’s chests, spring', question: 'Which kind of pneumonia does this child have, if any?', classes: CLASSES, margin: 0.1, washout: '', ask_confidence: false,
    state: 'draft', cases: CASES, protocol_sha256: digest(31), seal: null, leads: true, reads: false, blinded: false, raters: [], looks: [],
    created_at: new Date(now - 9 * DAY).toISOString(), opened_at: null, closed_at: null,
  };
}

function studiesAt(now: number): StudyDetail[] {
  const opened_at = new Date(now - 8 * DAY).toISOString();
  const people = ['reader-1', 'reader-2', 'reader-3'];
  const progress = (read: number[], cases: number) => people.map((username, index) => rater(index + 1, { username, read: Math.min(cases, read[index] ?? 0), amended: index === 1 ? 3 : 0 }));
  const model = rater(4, { kind: 'model', name: 'ResNet-18, v1', model_version: 'model-c702', read: 120 });
  const washout = 'None of the readers has seen these pictures; two of them read others of the same hospital a year ago.';
  return [
    { ...base(now, STUDIES.reading), state: 'open', opened_at, leads: false, reads: true, blinded: true, ask_confidence: true, title: 'Pneumonia in children, second reading', raters: [rater(2, { own: true })] },
    { ...base(now, STUDIES.open), state: 'open', opened_at, cases: 120, washout, raters: [...progress([120, 87, 34], 120), model] },
    { ...base(now, STUDIES.draft), title: 'Adults, pilot', cases: 40, margin: null },
    {
      ...base(now, STUDIES.closed), title: 'Children’s chests, autumn', state: 'closed', opened_at, closed_at: new Date(now - 2 * DAY).toISOString(), seal: digest(77), cases: 120, washout,
      raters: [...progress([120, 120, 120], 120), model],
      looks: [{ username: 'coordinator', readings: 214, at: new Date(now - 4 * DAY).toISOString() }],
    },
  ];
}
