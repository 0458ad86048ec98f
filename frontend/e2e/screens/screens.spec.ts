import { expect, type Page, test } from '@playwright/test';
import { EVIDENCE, IDS, SERVICES } from '../../src/test/ids.ts';

/** Pictures of every screen, light and dark, for the documentation. The clock stands still, so that they come out the same. */

const FOLDER = '../docs/screens';

async function toPrivate(page: Page): Promise<void> {
  await page.getByLabel('Title').fill('Pneumonia, summer cohort, private');
  await page.getByLabel('Noise', { exact: true }).selectOption('local');
  await page.getByRole('button', { name: 'Find the noise' }).click();
  await expect(page.getByText(/^Noise .* yields/)).toBeVisible();
}

const SCREENS: { name: string; path: string; ready: string; before?: (page: Page) => Promise<void> }[] = [
  { name: 'portfolio', path: '/', ready: 'Pneumonia, spring cohort' },
  { name: 'federation', path: '/federations/0b6f6a54-7d2e-4c0e-9c33-2f7f7a3f1a01', ready: 'Coimbra' },
  { name: 'data', path: '/data', ready: 'Delft: spring cohort' },
  { name: 'jobs', path: '/jobs', ready: 'winter cohort, 320 px' },
  { name: 'new-job', path: '/jobs/new', ready: 'Up from each site', before: (page) => page.getByLabel('Title').fill('Pneumonia, summer cohort') },
  { name: 'live-run', path: `/jobs/${IDS.running}`, ready: 'Who can see what' },
  { name: 'results', path: `/jobs/${IDS.done}`, ready: 'Result on 624 test images' },
  { name: 'failure', path: `/jobs/${IDS.failed}`, ready: 'This job failed' },
  { name: 'approvals', path: `/jobs/${IDS.waiting}`, ready: 'asked, no answer yet' },
  { name: 'time-by-site', path: `/jobs/${IDS.running}?chart=seconds&step=5&attempt=1`, ready: 'Time at work by site' },
  { name: 'models', path: '/models', ready: 'winter cohort' },
  { name: 'model', path: '/models/model-c702', ready: 'Where it comes from' },
  { name: 'evidence', path: '/evidence', ready: 'leak shown' },
  { name: 'evaluation', path: `/evaluations/${EVIDENCE.evaluation}`, ready: 'Coimbra' },
  { name: 'attack-audit', path: `/attack-audits/${EVIDENCE.audit}`, ready: 'How to read it' },
  { name: 'new-evaluation', path: '/evaluations/new?model=model-c702', ready: 'Up from each site', before: (page) => page.getByRole('switch', { name: /own figures/ }).click() },
  { name: 'new-audit', path: '/attack-audits/new?model=model-c702', ready: 'Up from each site' },
  { name: 'privacy-ledger', path: '/privacy-ledger', ready: 'nearly used up' },
  { name: 'new-private-job', path: '/jobs/new', ready: 'of record, by PLD', before: toPrivate },
  { name: 'audit', path: '/audit', ready: 'federation.created' },
  { name: 'nodes', path: '/nodes', ready: 'Party west' },
  { name: 'services', path: '/services', ready: 'Pneumonia, autumn trial' },
  { name: 'new-service', path: '/services/new?model=model-c702', ready: 'nothing at P0, 776 MB at P1' },
  { name: 'publishing', path: `/services/${SERVICES.coming}`, ready: '2 of 5 steps done' },
  { name: 'publishing-failure', path: `/services/${SERVICES.failed}`, ready: 'This service was not published' },
  { name: 'service', path: `/services/${SERVICES.open}`, ready: 'chain verified here' },
  { name: 'operations', path: `/services/${SERVICES.open}/operations`, ready: 'party.peer_absent' },
  { name: 'api-access', path: '/api-access?language=python', ready: 'PACS bridge, ward 3' },
];

async function open(page: Page, scheme: 'light' | 'dark', now: string): Promise<void> {
  await page.clock.setFixedTime(new Date(now));
  await page.emulateMedia({ colorScheme: scheme });
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test('log-in', async ({ page }, { project }) => {
      await open(page, scheme, project.metadata.now as string);
      await page.goto('/log-in');
      await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
      await page.screenshot({ path: `${FOLDER}/log-in-${scheme}.png` });
    });

    for (const { name, path, ready, before } of SCREENS) {
      test(name, async ({ page, context, baseURL }, { project }) => {
        await context.addCookies([{ name: 'sessionid', value: 'fixture', url: baseURL ?? '' }]);
        await open(page, scheme, project.metadata.now as string);
        await page.goto(path);
        await before?.(page);
        await expect(page.getByText(ready).first()).toBeVisible();
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: `${FOLDER}/${name}-${scheme}.png`, fullPage: true });
      });
    }
  });
}
