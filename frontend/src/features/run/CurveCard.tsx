import { ChartCard } from '@/charts/ChartCard';
import { Legend } from '@/charts/Legend';
import { LineChart } from '@/charts/LineChart';
import { Empty } from '@/ui/Empty';
import { LinkButton } from '@/ui/LinkButton';
import { CHARTS, curveOf } from './curves';
import type { RunView } from './model/view';
import type { RunSearch } from './search';
import type { SiteBook } from './siteBook';

interface Props {
  run: RunView;
  book: SiteBook;
  view: RunSearch;
  onView: (change: RunSearch) => void;
}

export function CurveCard({ run, book, view, onView }: Props) {
  const shown = view.chart ?? 'mcc';
  const curve = curveOf(shown, run, book);
  return (
    <ChartCard
      title={curve.title}
      name={`${run.job.title} ${curve.title}`}
      header={curve.header}
      rows={curve.rows}
      asTable={view.view === 'table'}
      onTable={(table) => onView({ view: table ? 'table' : undefined })}
      tabs={CHARTS.map(({ id, label }) => (
        <LinkButton key={id} pressed={id === shown} onClick={() => onView({ chart: id === 'mcc' ? undefined : id })}>
          {label}
        </LinkButton>
      ))}
    >
      {curve.series.every(({ points }) => points.length === 0) ? (
        <Empty title="Nothing to draw yet">{curve.empty}</Empty>
      ) : (
        <>
          <LineChart
            label={curve.title}
            xName="round"
            xDomain={[curve.first, run.job.rounds_total]}
            yDomain={curve.yDomain}
            yTicks={curve.yTicks}
            formatY={curve.formatY}
            describe={curve.describe}
            series={curve.series}
            {...(curve.note !== undefined && { note: curve.note })}
          />
          {curve.series.length > 1 && <Legend series={curve.series} />}
        </>
      )}
    </ChartCard>
  );
}
