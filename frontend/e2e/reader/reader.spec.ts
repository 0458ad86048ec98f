import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, watch } from '../look.ts';

/**
 * A reader study on a real platform, coordinator and reader: PRIMIA_URL, PRIMIA_USER, PRIMIA_PASSWORD, PRIMIA_READER,
 * PRIMIA_READER_PASSWORD, PRIMIA_CASES (its table), PRIMIA_PICTURES (a folder whose names give the classes away).
 * The reader says `viral` to everything. Writes PRIMIA_SAW: what the coordinator sees.
 */

const { PRIMIA_USER: lead = '', PRIMIA_PASSWORD: leadPassword = '', PRIMIA_READER: reader = '', PRIMIA_READER_PASSWORD: readerPassword = '' } = process.env;
const { PRIMIA_CASES: cases = '', PRIMIA_PICTURES: folder = '', PRIMIA_SAW: saw = '' } = process.env;
const TITLE = 'Phantoms, six of them';

async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.goto('/log-in');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Portfolio' })).toBeVisible();
}

async function toStudy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Reader studies' }).click();
  await page.getByRole('link', { name: TITLE, exact: true }).click();
  await expect(page.getByRole('heading', { name: TITLE })).toBeVisible();
}

test('a reader reads six pictures from their own disk, and the coordinator sees how well', async ({ browser }) => {
  test.setTimeout(240_000);
  const pictures = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.png')).map((name) => join(folder, name));
  expect(pictures).toHaveLength(6);

  const coordinator = await (await browser.newContext()).newPage();
  const faults = watch(coordinator);
  await logIn(coordinator, lead, leadPassword);
  await coordinator.goto('/reader-studies/new');
  await coordinator.getByLabel(/^Title/).fill(TITLE);
  await coordinator.getByLabel('Table of cases').setInputFiles(cases);
  await coordinator.getByLabel(/^Classes/).fill('normal, bacterial, viral');
  await coordinator.getByLabel(/^Question/).fill('Which kind of pneumonia, if any?');
  await coordinator.getByLabel('Margin of non-inferiority').fill('0.05');
  await coordinator.getByRole('button', { name: 'Make the study' }).click();
  await expect(coordinator.getByRole('heading', { name: TITLE })).toBeVisible();
  await coordinator.getByLabel('Reader', { exact: true }).selectOption({ label: `${reader} (clinician)` });
  await coordinator.getByRole('form', { name: 'Bring a reader in' }).getByRole('button', { name: 'Bring in' }).click();
  await expect(coordinator.getByRole('row', { name: /^Reader 1/ })).toContainText(reader);
  await coordinator.getByRole('button', { name: 'Open for reading' }).click();
  await coordinator.getByRole('dialog').getByRole('button', { name: 'Open for reading' }).click();
  await expect(coordinator.getByText('open for reading', { exact: true })).toBeVisible();

  const context = await browser.newContext();
  const page = await context.newPage();
  faults.push(...watch(page));
  await logIn(page, reader, readerPassword);
  const sent: { body: Buffer; address: string; headers: string }[] = [];
  page.on('request', (request) => sent.push({ body: request.postDataBuffer() ?? Buffer.alloc(0), address: request.url(), headers: JSON.stringify(request.headers()) }));
  await toStudy(page);
  await expect(page.getByText('Hidden from you until the study is closed')).toBeVisible();
  const [refused] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/comparison')),
    page.evaluate(() => fetch(`${location.pathname.replace('/reader-studies/', '/api/v1/reader-studies/')}/comparison`).then(({ status }) => status)),
  ]);
  expect(refused.status()).toBe(403);

  await page.getByRole('link', { name: 'Read', exact: true }).click();
  await page.getByLabel('Choose files').setInputFiles(pictures);
  await expect(page.getByText('All 6 pictures are here')).toBeVisible();
  await expectAccessible(page, 'pictures chosen');
  await page.getByRole('button', { name: 'Begin to read' }).click();
  for (const number of [1, 2]) {
    await expect(page.getByRole('img', { name: new RegExp(`^Picture ${number} of 6`) })).toBeVisible();
    await page.keyboard.press('3');
    await page.keyboard.press('Enter');
  }
  // Both are given, and only then has what is given been sent: nothing waits before the first either.
  await expect(page.getByText('2 of 6 read')).toBeVisible();
  await expect(page.getByText('all sent')).toBeVisible();
  await expectAccessible(page, 'reading');

  // The line is cut: the third reading stays on this device, also when the page is made anew.
  await page.route('**/api/v1/reader-studies/*/readings', (route) => route.abort());
  await expect(page.getByRole('img', { name: /^Picture 3 of 6/ })).toBeVisible();
  await page.keyboard.press('3');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 reading kept here, sent when the platform answers')).toBeVisible();
  await page.reload();
  await expect(page.getByText('Reading: 3 of 6 cases read.')).toBeVisible();
  await page.unroute('**/api/v1/reader-studies/*/readings');
  await page.getByLabel('Choose files').setInputFiles(pictures);
  await page.getByRole('button', { name: 'Go on reading' }).click();
  for (const number of [4, 5, 6]) {
    await expect(page.getByRole('img', { name: new RegExp(`^Picture ${number} of 6`) })).toBeVisible();
    await page.keyboard.press('3');
    await page.keyboard.press('Enter');
  }
  await expect(page.getByText('You have read every case')).toBeVisible();
  await expect(page.getByText(/All readings have arrived/)).toBeVisible();

  const contents = await Promise.all(pictures.map((path) => readFile(path)));
  const traces = contents.flatMap((content) => [content.subarray(40, 72), Buffer.from(content.subarray(30, 60).toString('base64'))]);
  const names = pictures.map((path) => basename(path));
  const tells = ({ body, address, headers }: (typeof sent)[number]) => traces.some((trace) => body.includes(trace)) || names.some((name) => body.includes(name) || address.includes(name) || headers.includes(name));
  expect(sent.filter(({ body }) => body.includes('"label":"viral"')).length).toBeGreaterThanOrEqual(6);
  expect(sent.filter(({ body }) => body.length > 1_000)).toEqual([]);
  expect(sent.filter(tells)).toEqual([]);
  // The search finds what it looks for: a name, and a piece of a picture, that this test itself sends.
  await page.evaluate(([name, grain]) => Promise.all([name, grain].map((body) => fetch('/api/v1/nowhere', { method: 'POST', body: body ?? '' }))), [names[0], traces[1]?.toString()]);
  await expect.poll(() => sent.filter(tells).length).toBe(2);
  await context.close();

  await coordinator.reload();
  await expect(coordinator.getByRole('row', { name: /^Reader 1/ })).toContainText('6 of 6');
  await coordinator.getByRole('button', { name: 'Close' }).click();
  await coordinator.getByRole('dialog').getByRole('button', { name: 'Close for good' }).click();
  const result = coordinator.getByRole('region', { name: 'Raters against the truth' }).getByRole('row', { name: /^Reader 1/ });
  await expect(result).toBeVisible();
  const [csv] = await Promise.all([coordinator.waitForEvent('download'), coordinator.getByRole('button', { name: 'Readings as CSV' }).click()]);
  await writeFile(saw, JSON.stringify({ row: await result.innerText(), table: await readFile(await csv.path(), 'utf8') }));
  expect(faults).toEqual([]);
});
