import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { isPatient, sessionQuery } from '@/api/session';
import { known, oneOf, text, whole } from '@/lib/search';
import { JOB_STATES, SERVICE_STATES } from '@/lib/states';
import { Shell } from './Shell';

/** Which address shows which screen, and what of its view state stands in the address. */

interface Context {
  cache: QueryClient;
}

const root = createRootRouteWithContext<Context>()();

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/log-in',
  validateSearch: (raw) => known({ next: text(raw.next) }),
  component: lazyRouteComponent(() => import('./LogInRoute'), 'LogInRoute'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.cache.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: '/log-in', search: { next: location.href } });
    if (isPatient(session) && !location.pathname.startsWith('/diagnose')) throw redirect({ to: '/diagnose' });
  },
});

const portfolio = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/portfolio/PortfolioPage'), 'PortfolioPage'),
});

const federation = createRoute({
  getParentRoute: () => inside,
  path: '/federations/$federation',
  component: lazyRouteComponent(() => import('./FederationRoute'), 'FederationRoute'),
});

const data = createRoute({
  getParentRoute: () => inside,
  path: '/data',
  validateSearch: (raw) => known({ federation: text(raw.federation), show: oneOf(['ready', 'not-ready'], raw.show) }),
  component: lazyRouteComponent(() => import('./DataRoute'), 'DataRoute'),
});

const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  validateSearch: (raw) =>
    known({ federation: text(raw.federation), state: oneOf(JOB_STATES, raw.state), search: text(raw.search) }),
  component: lazyRouteComponent(() => import('./JobsRoute'), 'JobsRoute'),
});

const newJob = createRoute({
  getParentRoute: () => inside,
  path: '/jobs/new',
  validateSearch: (raw) => known({ federation: text(raw.federation) }),
  component: lazyRouteComponent(() => import('./NewJobRoute'), 'NewJobRoute'),
});

const run = createRoute({
  getParentRoute: () => inside,
  path: '/jobs/$job',
  validateSearch: (raw) =>
    known({
      step: whole(raw.step),
      attempt: whole(raw.attempt),
      chart: oneOf(['mcc', 'accuracy', 'loss', 'seconds'], raw.chart),
      view: oneOf(['table'], raw.view),
      events: oneOf(['rounds', 'sites', 'problems'], raw.events),
      site: text(raw.site),
    }),
  component: lazyRouteComponent(() => import('./RunRoute'), 'RunRoute'),
});

const models = createRoute({
  getParentRoute: () => inside,
  path: '/models',
  component: lazyRouteComponent(() => import('@/features/models/ModelsPage'), 'ModelsPage'),
});

const model = createRoute({
  getParentRoute: () => inside,
  path: '/models/$model',
  component: lazyRouteComponent(() => import('./ModelRoute'), 'ModelRoute'),
});

const evidence = createRoute({
  getParentRoute: () => inside,
  path: '/evidence',
  validateSearch: (raw) => known({ federation: text(raw.federation), model: text(raw.model) }),
  component: lazyRouteComponent(() => import('./EvidenceRoute'), 'EvidenceRoute'),
});

const newEvaluation = createRoute({
  getParentRoute: () => inside,
  path: '/evaluations/new',
  validateSearch: (raw) => known({ model: text(raw.model) }),
  component: lazyRouteComponent(() => import('./NewEvaluationRoute'), 'NewEvaluationRoute'),
});

const evaluation = createRoute({
  getParentRoute: () => inside,
  path: '/evaluations/$evaluation',
  validateSearch: (raw) => known({ tables: text(raw.tables), class: text(raw.class), measure: oneOf(['mcc'], raw.measure) }),
  component: lazyRouteComponent(() => import('./EvaluationRoute'), 'EvaluationRoute'),
});

const newAttackAudit = createRoute({
  getParentRoute: () => inside,
  path: '/attack-audits/new',
  validateSearch: (raw) => known({ model: text(raw.model) }),
  component: lazyRouteComponent(() => import('./NewAttackAuditRoute'), 'NewAttackAuditRoute'),
});

const attackAudit = createRoute({
  getParentRoute: () => inside,
  path: '/attack-audits/$audit',
  validateSearch: (raw) => known({ tables: text(raw.tables), measure: oneOf(['psnr', 'ssim'], raw.measure) }),
  component: lazyRouteComponent(() => import('./AttackAuditRoute'), 'AttackAuditRoute'),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: (raw) => known({ federation: text(raw.federation), actor: text(raw.actor), action: text(raw.action) }),
  component: lazyRouteComponent(() => import('./AuditRoute'), 'AuditRoute'),
});

const privacyLedger = createRoute({
  getParentRoute: () => inside,
  path: '/privacy-ledger',
  validateSearch: (raw) => known({ federation: text(raw.federation), site: text(raw.site), study: text(raw.study), tables: text(raw.tables) }),
  component: lazyRouteComponent(() => import('./PrivacyLedgerRoute'), 'PrivacyLedgerRoute'),
});

const nodes = createRoute({
  getParentRoute: () => inside,
  path: '/nodes',
  validateSearch: (raw) => known({ federation: text(raw.federation) }),
  component: lazyRouteComponent(() => import('./NodesRoute'), 'NodesRoute'),
});

const services = createRoute({
  getParentRoute: () => inside,
  path: '/services',
  validateSearch: (raw) => known({ federation: text(raw.federation), state: oneOf(SERVICE_STATES, raw.state) }),
  component: lazyRouteComponent(() => import('./ServicesRoute'), 'ServicesRoute'),
});

const newService = createRoute({
  getParentRoute: () => inside,
  path: '/services/new',
  validateSearch: (raw) => known({ model: text(raw.model) }),
  component: lazyRouteComponent(() => import('./NewServiceRoute'), 'NewServiceRoute'),
});

const service = createRoute({
  getParentRoute: () => inside,
  path: '/services/$service',
  component: lazyRouteComponent(() => import('./ServiceRoute'), 'ServiceRoute'),
});

const operations = createRoute({
  getParentRoute: () => inside,
  path: '/services/$service/operations',
  validateSearch: (raw) => known({ tables: text(raw.tables) }),
  component: lazyRouteComponent(() => import('./OperationsRoute'), 'OperationsRoute'),
});

const access = createRoute({
  getParentRoute: () => inside,
  path: '/api-access',
  validateSearch: (raw) => known({ language: oneOf(['shell', 'python', 'curl'], raw.language), service: text(raw.service) }),
  component: lazyRouteComponent(() => import('./AccessRoute'), 'AccessRoute'),
});

const studies = createRoute({
  getParentRoute: () => inside,
  path: '/reader-studies',
  validateSearch: (raw) => known({ federation: text(raw.federation), state: oneOf(['draft', 'open', 'closed'], raw.state) }),
  component: lazyRouteComponent(() => import('./StudiesRoute'), 'StudiesRoute'),
});

const newStudy = createRoute({
  getParentRoute: () => inside,
  path: '/reader-studies/new',
  component: lazyRouteComponent(() => import('./NewStudyRoute'), 'NewStudyRoute'),
});

const study = createRoute({
  getParentRoute: () => inside,
  path: '/reader-studies/$study',
  validateSearch: (raw) =>
    known({
      cases: oneOf(['common'], raw.cases),
      pairs: oneOf(['p', 'kappa'], raw.pairs),
      against: text(raw.against),
      roc: text(raw.roc),
      table: oneOf(['roc', 'margin'], raw.table),
    }),
  component: lazyRouteComponent(() => import('./StudyRoute'), 'StudyRoute'),
});

const reading = createRoute({
  getParentRoute: () => inside,
  path: '/reader-studies/$study/read',
  component: lazyRouteComponent(() => import('./ReadingRoute'), 'ReadingRoute'),
});

const diagnose = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose',
  component: lazyRouteComponent(() => import('@/features/portal/PortalPage'), 'PortalPage'),
});

const diagnoses = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose/history',
  component: lazyRouteComponent(() => import('@/features/portal/HistoryPage'), 'HistoryPage'),
});

const batch = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose/batch',
  validateSearch: (raw) => known({ service: text(raw.service), batch: text(raw.batch) }),
  component: lazyRouteComponent(() => import('./BatchRoute'), 'BatchRoute'),
});

const diagnosis = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose/result/$diagnosis',
  component: lazyRouteComponent(() => import('./ResultRoute'), 'ResultRoute'),
});

const ask = createRoute({
  getParentRoute: () => inside,
  path: '/diagnose/$service',
  component: lazyRouteComponent(() => import('./AskRoute'), 'AskRoute'),
});

export const routeTree = root.addChildren([
  logIn,
  inside.addChildren([
    portfolio,
    federation,
    data,
    jobs,
    newJob,
    run,
    models,
    model,
    evidence,
    newEvaluation,
    evaluation,
    newAttackAudit,
    attackAudit,
    privacyLedger,
    audit,
    nodes,
    services,
    newService,
    service,
    operations,
    access,
    studies,
    newStudy,
    study,
    reading,
    diagnose,
    diagnoses,
    batch,
    diagnosis,
    ask,
  ]),
]);
