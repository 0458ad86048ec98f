import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, logIn, watch } from '../look.ts';

/** The whole way of a coordinator: log in, describe a job, see its rounds arrive, reload in the middle and lose nothing. */

const ROUNDS = 4;
const A_ROUND_MS = 120_000;

interface Told {
  seq: number;
  kind: string;
}

const AT_A_SITE = new Set(['site.phase', 'update.received', 'plan.approved', 'plan.refused', 'site.silent', 'site.returned']);

/** Everything that the platform has told of a job, by REST, page by page. */
async function allEvents(page: Page, job: string): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const answer = await page.request.get(`/api/v1/jobs/${job}/events?limit=1000&after=${told.at(-1)?.seq ?? 0}`);
    const { results, next } = (await answer.json()) as { results: Told[]; next: string | null };
    told.push(...results);
    if (next === null || results.length === 0) return told;
  }
}

async function describeJob(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('link', { name: 'New training job' }).click();
  await expect(page.getByRole('heading', { name: 'New training job' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.getByLabel('Network').selectOption('small_cnn');
  await page.getByLabel('Image size').fill('32');
  await page.getByRole('textbox', { name: 'Rounds' }).fill(String(ROUNDS));
  await page.getByLabel('Steps a round').fill('8');
  await expect(page.getByText(/a round, .* in all/)).toBeVisible();
  await expectAccessible(page, 'new job');
  await page.getByRole('button', { name: /Send to the sites/ }).click();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
}

test('a coordinator starts a job, sees it live, reloads in the middle and loses nothing', async ({ page }) => {
  test.setTimeout(ROUNDS * A_ROUND_MS + 120_000);
  const faults = watch(page);
  await page.goto('/jobs');
  await expectAccessible(page, 'log-in');
  await page.getByLabel('User name').waitFor();
  await page.goto('/');
  await logIn(page);
  await expectAccessible(page, 'portfolio');

  await describeJob(page, `Browser test ${new Date().toISOString()}`);
  const job = page.url().split('/').at(-1) ?? '';
  const closed = (round: number) => page.getByRole('button', { name: new RegExp(`^Round ${round}: closed`) });

  await expect(closed(1)).toBeVisible({ timeout: A_ROUND_MS });
  await expectAccessible(page, 'live page');

  await page.reload();
  await expect(closed(1)).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /^live$/ })).toBeVisible();
  await expect(closed(2)).toBeVisible({ timeout: A_ROUND_MS });

  await expect(page.getByText(/^Result on [\d,]+ test images$/)).toBeVisible({ timeout: ROUNDS * A_ROUND_MS });
  await expect(page.getByText('succeeded', { exact: true })).toBeVisible();
  for (let round = 1; round <= ROUNDS; round += 1) await expect(closed(round)).toBeVisible();

  await page.getByLabel('Kind of event').selectOption('rounds');
  const told = await allEvents(page, job);
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
  const earlier = page.getByRole('button', { name: 'load earlier events' });
  if (await earlier.isVisible()) await earlier.click();
  await expect(page.getByRole('list', { name: 'Events, newest first' }).getByRole('listitem')).toHaveCount(told.filter(({ kind }) => !AT_A_SITE.has(kind)).length);

  await expectAccessible(page, 'results');
  await page.getByRole('link', { name: 'the model' }).click();
  await expect(page.getByText('Where it comes from')).toBeVisible();
  await expectAccessible(page, 'model');
  expect(faults).toEqual([]);
});
