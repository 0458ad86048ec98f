import { ago } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { SiteName } from '@/ui/SiteName';
import styles from './Approvals.module.css';
import type { RunView } from './model/view';
import type { SiteBook } from './siteBook';

interface Props {
  run: RunView;
  book: SiteBook;
}

const LOOKS = {
  approve: { tone: 'ok', text: '✓ signed' },
  refuse: { tone: 'bad', text: '✕ refused' },
} as const;

/** Each site's own signed answer to the plan. Nobody else can give it. */
export function Approvals({ run, book }: Props) {
  const slugs = run.job.roster.length > 0 ? run.job.roster.map(({ slug }) => slug) : Object.keys(run.approvals);
  return (
    <Card title="Approvals">
      {slugs.length === 0 && <p className="dim">The plan is being made; then its sites are asked.</p>}
      <ul className={styles.list}>
        {slugs.map((slug) => {
          const approval = run.approvals[slug];
          const { name, colour } = book(slug);
          const look = approval?.decision == null ? null : LOOKS[approval.decision];
          return (
            <li key={slug}>
              <SiteName name={name} colour={colour} />
              <Chip tone={look?.tone ?? 'plain'}>{look?.text ?? '◔ asked, no answer yet'}</Chip>
              <span className="dim">
                {approval?.reason}
                {approval?.decided_at != null && <Clock>{(now) => ` ${ago(approval.decided_at, now)}`}</Clock>}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
