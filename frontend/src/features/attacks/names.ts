import type { AuditTest, AuditView, Control, Finding, Verdict, ViewFigures } from '@/api/documents';
import { plural } from '@/lib/format';
import type { StateLook } from '@/lib/states';

/** What views, controls and findings of an audit are called, and what they mean. */

export const VIEWS: Record<AuditView, { name: string; seen: string }> = {
  gradient: { name: 'One site’s raw gradient', seen: 'seen by the hub without secure aggregation, by nobody with it' },
  update: { name: 'One site’s update', seen: 'seen by the hub without secure aggregation, by nobody with it' },
  secure_sum: { name: 'The secure sum', seen: 'seen by the hub and by every site' },
};

export const CONTROLS: Record<Control, { name: string; about: string }> = {
  attack: { name: 'Attack', about: 'reconstruction from what was seen' },
  null: { name: 'Null', about: 'the most alike picture of another patient' },
  tv_only: { name: 'Smoothness only', about: 'the same search without what was seen' },
  positive: { name: 'Attack', about: 'where it is known to work' },
};

const FINDINGS: Record<Finding, StateLook> = {
  identifies: { label: 'identifies patients', sign: '✕', tone: 'bad' },
  resembles: { label: 'resembles them', sign: '!', tone: 'warn' },
  'nothing shown': { label: 'nothing shown', sign: '✓', tone: 'ok' },
};

const NO_CONCLUSION: StateLook = { label: 'no conclusion', sign: '–', tone: 'plain' };

/** Where the positive control failed, finding nothing is no finding; a leak that was seen is one all the same. */
export const findingLook = (finding: Finding, valid: boolean): StateLook => (finding === 'nothing shown' && !valid ? NO_CONCLUSION : FINDINGS[finding]);

export const VERDICTS: Record<Verdict, { title: string; tone: 'warn' | 'bad' | 'ok' }> = {
  'audit invalid': { tone: 'warn', title: 'This audit acquits nobody: its positive control failed' },
  'leak shown': { tone: 'bad', title: 'A leak was shown' },
  'no leak shown': { tone: 'ok', title: 'No leak was shown, at this strength of attack' },
};

export const TESTS: Record<AuditTest['method'], string> = { anova: 'ANOVA', student: 'Student’s t', welch: 'Welch’s t', paired: 'paired t' };

/** "4 images from each of 3 sites, 4 steps, batch normalisation in training mode" */
export function setting({ batch_size: batch, sites_in_sum: sites, local_steps: steps, batch_norm_mode: mode }: ViewFigures): string {
  const images = sites > 1 ? `${plural(batch, 'image')} from each of ${plural(sites, 'site')}` : plural(batch, 'image');
  return `${images}${steps === 0 ? '' : `, ${plural(steps, 'local step')}`}, batch normalisation in ${mode === 'train' ? 'training' : 'evaluation'} mode`;
}

/** The view, and its batch size where the audit has several. */
export function viewName({ view, batch_size: batch }: Pick<ViewFigures, 'view' | 'batch_size'>, several: boolean): string {
  return several ? `${VIEWS[view].name}, batches of ${batch}` : VIEWS[view].name;
}
