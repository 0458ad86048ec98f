import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What every browser test looks out for: nothing that axe finds serious, nothing that the content policy had to stop. */

export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  expect(found, where).toEqual([]);
}

/** Collects what goes wrong in the page itself; read it at the end of the test. */
export function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) faults.push(message.text());
  });
  return faults;
}

export async function logIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(process.env.PRIMIA_USER ?? 'coordinator');
  await page.getByLabel('Password', { exact: true }).fill(process.env.PRIMIA_PASSWORD ?? 'fixture');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Portfolio' })).toBeVisible();
}
