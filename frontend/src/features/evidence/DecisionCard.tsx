import { ChartCard } from '@/charts/ChartCard';
import { DecisionCurve } from '@/charts/DecisionCurve';
import { classStyle } from '@/lib/classes';
import { LinkButton } from '@/ui/LinkButton';
import type { ChartProps } from './chartProps';
import { usefulRange } from './curves';
import styles from './EvaluationBody.module.css';

interface Props extends ChartProps {
  shown: string | undefined;
  onShown: (name: string | undefined) => void;
}

export function DecisionCard({ document, shown, onShown, asTable, onTable }: Props) {
  const { per_class: classes, thresholds, model } = document;
  const at = Math.max(0, classes.findIndex(({ name }) => name === shown));
  const one = classes[at];
  if (one === undefined) return null;
  const { name, net_benefit: benefit, net_benefit_of_all: all } = one;
  const title = `Decision curve: acting on “${name}”`;
  const range = usefulRange(thresholds, benefit, all);
  return (
    <ChartCard
      title={title}
      name={`${model.name} decision curve ${name}`}
      header={['threshold', 'net benefit of the model', 'net benefit of acting on everybody']}
      rows={thresholds.map((threshold, index) => [threshold, benefit[index], all[index]])}
      asTable={asTable}
      onTable={onTable}
      tabs={classes.map((each, index) => (
        <LinkButton key={each.name} pressed={index === at} onClick={() => onShown(index === 0 ? undefined : each.name)}>
          {each.name}
        </LinkButton>
      ))}
    >
      <DecisionCurve label={title} thresholds={thresholds} model={{ name, ...classStyle(at), netBenefit: benefit }} all={all} />
      <p className={styles.about}>
        Whoever would act from a probability of 20 % on holds one missed case for as bad as four needless actions. At each such threshold the net benefit counts true cases acted on, less needless actions at that price, per image; the level line is acting on nobody.{' '}
        {range === null
          ? 'At no threshold is acting on this model better than acting on everybody or on nobody.'
          : `Acting on this model is better than both from ${Math.round(range.low * 100)} % to ${Math.round(range.high * 100)} %.`}
      </p>
    </ChartCard>
  );
}
