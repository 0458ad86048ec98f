import { describe, expect, it } from 'vitest';
import { verdict } from './layers.js';

describe('layers', () => {
  const run = '/x/src/features/run/RunPage.tsx';

  it('lets a feature use what is below it', () => {
    for (const below of ['@/ui/Card', '@/charts/Curve', '@/api/jobs', '@/diagnosis/log', '@/lib/format', './model', 'react']) {
      expect(verdict(run, below)).toBeNull();
    }
  });

  it('refuses one feature in another, by alias and by relative path', () => {
    expect(verdict(run, '@/features/jobs/JobTable')).toMatch(/feature "run" must not import feature "jobs"/);
    expect(verdict(run, '../jobs/JobTable')).toMatch(/must not import feature "jobs"/);
  });

  it('refuses the way up', () => {
    expect(verdict('/x/src/lib/format.ts', '@/api/types')).toMatch(/"lib" must not import "api"/);
    expect(verdict('/x/src/ui/Card.tsx', '@/features/run/model')).toMatch(/"ui" must not import "features"/);
    expect(verdict('/x/src/api/live.ts', '@/ui/Card')).toMatch(/"api" must not import "ui"/);
    expect(verdict('/x/src/diagnosis/log.ts', '@/api/http')).toMatch(/"diagnosis" must not import "api"/);
    expect(verdict('/x/src/api/parties.ts', '@/diagnosis/node')).toBeNull();
    expect(verdict(run, '@/routes/router')).toMatch(/"features" must not import "routes"/);
  });
});
