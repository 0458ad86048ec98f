import { Link } from '@tanstack/react-router';
import type { ModelDetail, ModelLineage } from '@/api/types';
import { count, dateTime, epsilon, percent, plural, shortHash, smallChance } from '@/lib/format';
import { networkName } from '@/lib/networks';
import type { Fact } from '@/ui/Facts';
import { Hash } from '@/ui/Hash';

/** The card and the lineage of a model, as rows of name and value. */

export function cardFacts({ card, parameters }: ModelDetail): Fact[] {
  const scale = card.normalisation;
  return [
    { name: 'Task', value: card.task },
    { name: 'Classes, in order', value: card.classes.join(', ') },
    { name: 'Network', value: `${networkName(card.model.name)}, ${card.model.normalisation} normalisation${parameters === null ? '' : `, ${count(parameters)} parameters`}` },
    { name: 'Input', value: `1 grey channel, ${card.image_size} × ${card.image_size} pixels, values from 0 to 1` },
    { name: 'Normalised by', value: scale === null ? '–' : `mean ${scale.mean.toFixed(4)}, standard deviation ${scale.std.toFixed(4)}, pooled over all sites` },
    { name: 'Intended use', value: card.intended_use },
  ];
}

export function lineageFacts({ card, lineage, job, created_at }: ModelDetail): Fact[] {
  return [
    {
      name: 'Job',
      value: (
        <Link to="/jobs/$job" params={{ job: job.id }}>
          {job.title}
        </Link>
      ),
    },
    { name: 'Made', value: dateTime(created_at) },
    ...(isTold(lineage) ? [...trainingFacts(lineage, card.best_round, card.ended), ...promiseFacts(lineage.epsilon)] : [{ name: 'Training', value: 'not recorded: its weights do not come from rounds on this platform' }]),
  ];
}

const isTold = (lineage: ModelDetail['lineage']): lineage is ModelLineage => Array.isArray(lineage.rounds);

function trainingFacts(lineage: ModelLineage, best: number | undefined, ended: string): Fact[] {
  const rounds = lineage.rounds.filter(({ kind }) => kind === 'train');
  const signed = Object.keys(lineage.signatures).length;
  return [
    {
      name: 'Plan',
      value: (
        <>
          <Hash value={lineage.plan_hash} />, signed by {signed} of {plural(lineage.sites.length, 'site')}
        </>
      ),
    },
    { name: 'Sites', value: lineage.sites.join(', ') },
    { name: 'Rounds', value: `${count(rounds.length)}${best === undefined ? '' : `; the weights are those of round ${count(best)}`}${ended === 'budget' ? '; ended when a site’s privacy budget was used up' : ''}` },
    { name: 'Aggregation', value: lineage.secure ? 'secure: nobody saw a single site’s update' : 'plain: the hub saw each site’s update' },
    { name: 'Model hash', value: <span title={lineage.model_hash}>{<span className="mono">{shortHash(lineage.model_hash, 4)}</span>}</span> },
  ];
}

const UNITS = { patient: 'a patient with all images', image: 'a single image' } as const;
const MODES = { local: 'local, in every step of a site', distributed: 'distributed, in the sum of all sites' } as const;

function promiseFacts(spent: ModelLineage['epsilon']): Fact[] {
  if (spent === null) return [{ name: 'Differential privacy', value: 'none' }];
  const { epsilon_pld: record, epsilon_rdp: looser, delta, mode, unit, noise_multiplier: noise, clip, sample_rate: rate, steps, rounds } = spent;
  return [
    {
      name: 'Differential privacy',
      value: (
        <>
          ε {epsilon(record)} at δ {smallChance(delta)}, hides {UNITS[unit]}
          <div className="dim">
            by PLD; {epsilon(looser)} by RDP. <Link to="/privacy-ledger">What each site has spent</Link>
          </div>
        </>
      ),
    },
    { name: 'Noise', value: `${MODES[mode]}: multiplier ${noise}, clip ${clip}, sampling rate ${percent(rate)}, ${plural(steps, 'step')} in ${plural(rounds, 'round')}` },
  ];
}
