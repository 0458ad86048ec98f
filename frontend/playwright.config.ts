import { defineConfig } from '@playwright/test';
import { browser } from './e2e/browser.ts';

const LIVE = 4173;
const FROZEN = 4174;
const FIXTURE_NOW = '2026-03-12T14:03:24Z';
const PLATFORM = process.env.PRIMIA_URL;

const chosen = process.argv.flatMap((one, index, all) => (one.startsWith('--project=') ? [one.slice('--project='.length)] : one === '--project' ? [all[index + 1] ?? ''] : []));
const uses = (project: string) => chosen.length === 0 || chosen.includes(project);

if (['platform', 'patient', 'reader', 'clock'].some((project) => chosen.includes(project)) && PLATFORM === undefined) throw new Error('PRIMIA_URL, PRIMIA_USER and PRIMIA_PASSWORD say which platform to test; give them');

const fixtures = (port: number, env: Record<string, string> = {}) => ({
  command: 'node e2e/fixtures/serve.ts',
  port,
  env: { PORT: String(port), ...env },
  reuseExistingServer: false,
  timeout: 60_000,
});

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // A trace costs a fifth of a test's time: PRIMIA_TRACE=1 keeps those of tests that fail.
  use: { launchOptions: await browser(), viewport: { width: 1366, height: 860 }, timezoneId: 'Europe/Zurich', locale: 'en-GB', trace: process.env.PRIMIA_TRACE === undefined ? 'off' : 'retain-on-failure' },
  webServer: [...(uses('fixtures') ? [fixtures(LIVE)] : []), ...(uses('screens') ? [fixtures(FROZEN, { FIXTURE_NOW })] : [])],
  projects: [
    { name: 'fixtures', testMatch: /(fixtures|shared)\/.*\.spec\.ts$/, use: { baseURL: `http://127.0.0.1:${LIVE}` } },
    { name: 'screens', testMatch: /screens\/.*\.spec\.ts$/, use: { baseURL: `http://127.0.0.1:${FROZEN}` }, metadata: { now: FIXTURE_NOW } },
    { name: 'patient', testMatch: /patient\/.*\.spec\.ts$/, use: { ...(PLATFORM !== undefined && { baseURL: PLATFORM }) } },
    { name: 'clock', testMatch: /clock\/.*\.spec\.ts$/, use: { ...(PLATFORM !== undefined && { baseURL: PLATFORM }) } },
    { name: 'reader', testMatch: /reader\/.*\.spec\.ts$/, use: { ...(PLATFORM !== undefined && { baseURL: PLATFORM }) } },
    { name: 'platform', testMatch: /shared\/.*\.spec\.ts$/, use: { ...(PLATFORM !== undefined && { baseURL: PLATFORM }) } },
  ],
});
