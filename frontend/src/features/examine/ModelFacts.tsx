import { Link } from '@tanstack/react-router';
import type { ModelDetail } from '@/api/types';
import { interval, metric } from '@/lib/format';
import { networkName } from '@/lib/networks';
import { Facts } from '@/ui/Facts';

/** What is examined; all of it follows from the model and cannot be chosen here. */
export function ModelFacts({ model }: { model: ModelDetail }) {
  const { card, test } = model;
  return (
    <Facts
      facts={[
        {
          name: 'Model',
          value: (
            <>
              <Link to="/models/$model" params={{ model: model.id }}>
                {model.name}, version {model.number}
              </Link>
              , {networkName(card.model.name)}, {card.image_size} px, {card.model.normalisation} normalisation
            </>
          ),
        },
        { name: 'Classes, in order', value: card.classes.join(', ') },
        { name: 'Tested when it was made', value: test === null ? 'no' : `MCC ${metric(test.mcc)} ${interval(test.low, test.high)}` },
      ]}
    />
  );
}
