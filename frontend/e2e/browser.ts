import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import type { LaunchOptions } from '@playwright/test';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium where there is one, else the one that an npm package carries: nothing is downloaded, nothing needs root. */
export async function browser(): Promise<LaunchOptions> {
  const system = process.env.PRIMIA_CHROMIUM ?? SYSTEM.find((path) => existsSync(path));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'];
  if (system !== undefined) return { executablePath: system, args };
  // Not with the arguments that it proposes: a single process does not survive the closing of a context.
  return { executablePath: await sparticuz.executablePath(), args };
}
