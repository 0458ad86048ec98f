import { writeFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { callOf, installClock, readMarks } from './clock.ts';

/**
 * From the click on "Seal and send" to painted probabilities, on a real platform: PRIMIA_URL, PRIMIA_USER, PRIMIA_PASSWORD,
 * PRIMIA_SERVICE, PRIMIA_PICTURE, PRIMIA_RUNS; writes seconds of each step and run to PRIMIA_TIMES.
 */

const { PRIMIA_USER: user = '', PRIMIA_PASSWORD: password = '', PRIMIA_SERVICE: service = '', PRIMIA_PICTURE: picture = '', PRIMIA_TIMES: times = '' } = process.env;
const RUNS = Number(process.env.PRIMIA_RUNS ?? '7');
const WITHIN_MS = 60_000;

interface Row {
  state: string;
  created_at: string;
  computing_at: string;
  answered_at: string;
  steps: Record<string, Record<string, number>>;
}

test('how long a patient waits', async ({ page }) => {
  test.setTimeout((RUNS + 1) * WITHIN_MS);
  await installClock(page);
  await page.goto('/');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Diagnose', level: 1 })).toBeVisible();
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await timed(page));
  await writeFile(times, JSON.stringify(runs));
});

async function timed(page: Page) {
  await page.goto(`/diagnose/${service}`);
  await expect(page.getByText('✓ says the same at its own address')).toHaveCount(2);
  await page.getByLabel(/I have read what each institution learns/).check();
  await page.getByLabel(/not a diagnosis/).check();
  await filled(page);
  await page.getByLabel('Choose an X-ray').setInputFiles(picture);
  await page.getByRole('button', { name: 'Seal and send' }).click();
  await expect(page.getByRole('list', { name: 'Probability of each class' })).toBeVisible({ timeout: WITHIN_MS });
  await page.waitForFunction(() => 'painted' in (window as unknown as { primiaMarks: object }).primiaMarks);
  const id = page.url().split('/').at(-1) ?? '';
  const marks = await readMarks(page);
  const send = await callOf(page, '/api/v1/diagnoses');
  const collect = await callOf(page, `/api/v1/diagnoses/${id}/collect`);
  const row = (await (await page.request.get(`/api/v1/diagnoses/${id}`)).json()) as Row;
  const at = (time: string) => Date.parse(time) - marks.origin;
  const between = (from: number, to: number) => Math.round(to - from) / 1000;
  return {
    from_click: between(marks.clicked, marks.painted),
    from_choice: between(marks.chosen, marks.painted),
    shown: between(marks.chosen, marks.shown),
    steps: {
      decode: between(marks.clicked, marks.sharing),
      seal: between(marks.sharing, marks.sealed),
      keep: between(marks.sealed, send.began),
      // The platform's clock is this machine's; its reply comes back while both parties begin.
      send: between(send.began, at(row.created_at)),
      queued: between(at(row.created_at), at(row.computing_at)),
      computing: between(at(row.computing_at), at(row.answered_at)),
      noticed: between(at(row.answered_at), collect.began),
      collected: between(collect.began, collect.ended),
      opened: between(collect.ended, marks.painted),
    },
    platform: row.steps,
  };
}

/** Waits until both parties hold as many prepared sets as they are to. */
async function filled(page: Page): Promise<void> {
  const stock = async () => {
    const { stock: level } = (await (await page.request.get(`/api/v1/services/${service}`)).json()) as { stock: { p0: number | null; p1: number | null; full: number } };
    return Math.min(level.p0 ?? 0, level.p1 ?? 0) >= level.full;
  };
  await expect.poll(stock, { timeout: WITHIN_MS, message: 'the stock is full' }).toBe(true);
}
