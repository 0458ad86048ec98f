import { useQuery } from '@tanstack/react-query';
import { priceQuery } from '@/api/services';
import { bytes, count, plural, stepTime } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import type { Values } from './values';

interface Props {
  model: string;
  values: Values;
}

/** The price of the chosen protocol, before anything is shared. */
export function PriceCard({ model, values }: Props) {
  const { policy, profile, protocol, stockFull } = values;
  const prices = useQuery(priceQuery({ model_version: model, policy, profile }));
  return (
    <Card title="Price of privacy">
      <Async what="the price" query={prices}>
        {(all) => {
          const price = all.find((one) => one.protocol === protocol);
          if (price === undefined) return <p className="dim">There is no count for this protocol.</p>;
          const { p0, p1 } = price.stock_bytes;
          const sets = Number(stockFull);
          return (
            <Facts
              facts={[
                { name: 'Between the parties', value: `${bytes(price.bytes_each_way)} each way in ${plural(price.rounds, 'round')}, an image` },
                { name: 'From the dealer', value: `${bytes(p0 + p1)} an image, ahead` },
                { name: 'A full stock', value: `${p0 === 0 ? 'nothing' : bytes(p0 * sets)} at P0, ${bytes(p1 * sets)} at P1, for ${count(sets)} images` },
                { name: 'Time an image', value: price.online_seconds === null ? 'estimated by the owner’s worker when it prepares' : `about ${stepTime(price.online_seconds)}, expected of services of this kind` },
              ]}
            />
          );
        }}
      </Async>
    </Card>
  );
}
