import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { PATIENT_SERVICE } from '../../src/test/portal/portal.ts';

/** Pictures of the portal for the documentation, light and dark, on a desk and on a telephone. The X-ray is a drawing. */

const FOLDER = process.env.PRIMIA_SCREENS ?? '../docs/screens';
const PHANTOM = 'e2e/fixtures/phantom.jpg';
/** On a telephone, those that a patient sees most. */
const ON_PHONE = new Set(['service', 'picture', 'computing', 'result']);

async function choose(page: Page): Promise<void> {
  await page.goto(`/diagnose/${PATIENT_SERVICE}`);
  await expect(page.getByText('✓ says the same at its own address')).toHaveCount(2);
  await page.getByLabel(/I have read what each institution learns/).check();
  await page.getByLabel(/not a diagnosis/).check();
  await page.getByLabel('Choose an X-ray').setInputFiles(PHANTOM);
  await expect(page.getByRole('button', { name: 'Seal and send' })).toBeVisible();
}

async function send(page: Page): Promise<void> {
  await choose(page);
  await page.getByRole('button', { name: 'Seal and send' }).click();
  await expect(page).toHaveURL(/result/);
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [form, width, height] of [['desk', 1366, 860], ['phone', 390, 844]] as const) {
    test(`portal, ${scheme}, ${form}`, async ({ page, context, baseURL }, { project }) => {
      test.setTimeout(120_000);
      await page.clock.setFixedTime(new Date(project.metadata.now as string));
      await context.addCookies([{ name: 'sessionid', value: 'fixture', url: baseURL ?? '' }]);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const shoot = async (name: string) => {
        if (form === 'phone' && !ON_PHONE.has(name)) return;
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: `${FOLDER}/portal-${name}-${form === 'desk' ? '' : 'phone-'}${scheme}.png`, fullPage: true });
      };
      await page.goto('/diagnose');
      await expect(page.getByRole('link', { name: /^Read and use/ })).toBeVisible();
      await shoot('services');
      await page.goto(`/diagnose/${PATIENT_SERVICE}`);
      await expect(page.getByText('✓ says the same at its own address')).toHaveCount(2);
      await shoot('service');
      await choose(page);
      await shoot('picture');

      // Held in the middle: the platform tells of no answer yet.
      await page.routeWebSocket(/\/ws\/diagnoses\//, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          if (!String(message).includes('answered')) socket.send(message);
        });
      });
      await page.route(/\/api\/v1\/diagnoses\/[^/]+$/, async (route) => {
        const answer = await route.fetch();
        const told = (await answer.json()) as Record<string, unknown>;
        await route.fulfill({ response: answer, json: { ...told, state: told.state === 'answered' ? 'computing' : told.state, answered_at: null } });
      });
      await page.getByRole('button', { name: 'Seal and send' }).click();
      await expect(page.getByText('both: computing', { exact: true })).toBeVisible();
      await shoot('computing');
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.reload();
      await expect(page.getByText('What the model says')).toBeVisible();
      await expect(page.getByRole('img', { name: /The X-ray/ })).toBeVisible();
      await shoot('result');

      await page.route(/\/api\/v1\/diagnoses\/[^/]+$/, async (route) => {
        const answer = await route.fetch();
        const failure = { node: 'p1', phase: 'computing', code: 'mpc.peer_lost', message: 'The other institution went away in the middle of the computation, three times.', next_step: 'Send the picture again in a minute.' };
        await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), state: 'failed', failure, computing_at: '2026-03-12T14:03:25Z', answered_at: null, steps: {} } });
      });
      await send(page);
      await expect(page.getByText(/went away in the middle/)).toBeVisible();
      await expect(page.getByRole('img', { name: /The X-ray/ })).toBeVisible();
      await shoot('failure');
      await page.unrouteAll({ behavior: 'ignoreErrors' });

      await page.goto('/diagnose/history');
      await expect(page.getByRole('link', { name: 'phantom.jpg' }).first()).toBeVisible();
      await shoot('history');

      await page.goto('/diagnose/batch');
      await page.getByLabel(/I have read what each institution learns/).check();
      await page.getByLabel(/not a diagnosis/).check();
      const picture = await readFile(PHANTOM);
      await page.getByLabel('Choose a folder').evaluate((input) => input.removeAttribute('webkitdirectory'));
      const names = ['thorax-01.jpg', 'thorax-02.jpg', 'thorax-03.jpg', 'thorax-04.jpg'];
      await page.getByLabel('Choose a folder').setInputFiles(names.map((name, index) => ({ name, mimeType: 'image/jpeg', buffer: index === 2 ? picture.subarray(0, 900) : picture })));
      await page.getByLabel('Name of the batch').fill('Ward 3, March');
      await page.getByRole('button', { name: 'Seal and send 4 pictures' }).click();
      await expect(page.getByText('3 of 4')).toBeVisible();
      await shoot('batch');
    });
  }
}
