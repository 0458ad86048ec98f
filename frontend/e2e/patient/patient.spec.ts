import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible, watch } from '../look.ts';

/** A patient's whole way on a real platform with real parties: PRIMIA_URL, PRIMIA_USER, PRIMIA_PASSWORD, PRIMIA_PICTURE; writes PRIMIA_ANSWER. */

const { PRIMIA_USER: user = '', PRIMIA_PASSWORD: password = '', PRIMIA_PICTURE: picture = '', PRIMIA_ANSWER: answer = '' } = process.env;
const WITHIN_MS = 120_000;

test('a patient sends an X-ray, reloads in the middle, and reads an answer that nobody else could open', async ({ page }) => {
  test.setTimeout(300_000);
  const faults = watch(page);
  await page.goto('/');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Diagnose', level: 1 })).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('link')).toHaveText(['Diagnose', 'History', 'Many pictures']);
  await expectAccessible(page, 'services');

  await page.getByRole('link', { name: /^Read and use/ }).first().click();
  await expect(page.getByText('✓ says the same at its own address')).toHaveCount(2);
  await page.getByLabel(/I have read what each institution learns/).check();
  await page.getByLabel(/not a diagnosis/).check();
  await page.getByLabel('Choose an X-ray').setInputFiles(picture);
  await expect(page.getByRole('img', { name: /The X-ray/ })).toBeVisible();
  await expectAccessible(page, 'with a picture');

  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  // The first answer leaves the platform and does not arrive, as if the page had gone in that moment.
  let swallowed = 0;
  await page.route('**/collect', async (route) => {
    await route.fetch();
    swallowed += 1;
    await route.abort();
  }, { times: 1 });
  const began = Date.now();
  await page.getByRole('button', { name: 'Seal and send' }).click();
  await expect(page).toHaveURL(/\/diagnose\/result\//);
  await page.reload();
  await expect.poll(() => swallowed, { timeout: WITHIN_MS }).toBe(1);
  await page.reload();
  await expect(page.getByText('What the model says')).toBeVisible({ timeout: WITHIN_MS });
  const seconds = (Date.now() - began) / 1000;
  await expect(page.getByText('Not a diagnosis', { exact: true })).toBeVisible();
  await expect(page.getByRole('img', { name: /The X-ray/ })).toBeVisible();
  await expectAccessible(page, 'result');

  const grain = (await readFile(picture)).toString('base64').slice(1_000, 1_040);
  expect(sent.some((body) => body.includes('"shares"'))).toBe(true);
  expect(sent.filter((body) => body.includes(grain))).toEqual([]);

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as FHIR' }).click()]);
  const report = JSON.parse(await readFile(await file.path(), 'utf8')) as { contained: { code: { text: string }; valueQuantity: { value: number } }[]; conclusionCode: { text: string }[] };
  const probabilities = Object.fromEntries(report.contained.map(({ code, valueQuantity }) => [code.text.replace('Probability of ', ''), valueQuantity.value]));
  await writeFile(answer, JSON.stringify({ label: report.conclusionCode[0]?.text, probabilities, seconds }));

  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByRole('link', { name: basename(picture) })).toBeVisible();
  await page.getByRole('link', { name: basename(picture) }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nothing has been sent from this browser')).toBeVisible();
  expect(faults).toEqual([]);
});
