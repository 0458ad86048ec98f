import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { STUDIES } from '../../src/test/study/ids.ts';

/** Pictures of reader studies, light and dark. Reading itself is dark in both: eyes that read film are used to it. */

const FOLDER = '../docs/screens';
const PHANTOM = join(import.meta.dirname, '../fixtures/phantom.jpg');

async function toPicture(page: Page): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(PHANTOM);
  await page.getByRole('button', { name: 'Go on reading' }).click();
  await expect(page.getByRole('img', { name: /^Picture 10 of 24/ })).toBeVisible();
  await page.keyboard.press('2');
  await page.getByRole('slider', { name: /How sure/ }).fill('80');
}

const SCREENS: { name: string; path: string; ready: string; before?: (page: Page) => Promise<void> }[] = [
  { name: 'reader-studies', path: '/reader-studies', ready: 'Adults, pilot' },
  { name: 'reader-study', path: `/reader-studies/${STUDIES.open}`, ready: '87 of 120' },
  { name: 'raters', path: `/reader-studies/${STUDIES.closed}`, ready: 'Readers over the curve' },
  { name: 'new-reader-study', path: '/reader-studies/new', ready: 'How it is judged' },
  { name: 'reading-files', path: `/reader-studies/${STUDIES.reading}/read`, ready: '1 of 24 pictures is here', before: (page) => page.getByLabel('Choose files').setInputFiles(PHANTOM) },
  { name: 'reading', path: `/reader-studies/${STUDIES.reading}/read`, ready: '9 of 24 read', before: toPicture },
];

for (const scheme of ['light', 'dark'] as const) {
  for (const { name, path, ready, before } of SCREENS) {
    test(`${name}, ${scheme}`, async ({ page, context, baseURL }, { project }) => {
      await context.addCookies([{ name: 'sessionid', value: 'fixture', url: baseURL ?? '' }]);
      await page.clock.setFixedTime(new Date(project.metadata.now as string));
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(path);
      await before?.(page);
      await expect(page.getByText(ready).first()).toBeVisible();
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${FOLDER}/${name}-${scheme}.png`, fullPage: true });
    });
  }
}
