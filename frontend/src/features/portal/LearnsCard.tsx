import type { Descriptor, Seat } from '@/diagnosis/descriptor';
import { bytes, count, duration } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import styles from './AskPage.module.css';
import { Pathway } from './Pathway';

/** What happens to a picture, who learns what of it, and what that privacy costs: as the parties have signed it. */
export function LearnsCard({ descriptor }: { descriptor: Descriptor }) {
  const { parties, dealer, price, accuracy } = descriptor;
  const seats: { seat: Seat; who: string }[] = [
    { seat: 'p0', who: `${parties[0].name} (computes)` },
    { seat: 'p1', who: `${parties[1].name} (computes)` },
    { seat: 'dealer', who: `${dealer.name} (prepares randomness)` },
    { seat: 'hub', who: 'The platform (relays)' },
    { seat: 'requester', who: 'You' },
  ];
  return (
    <Card title="What happens to your picture">
      <Pathway descriptor={descriptor} />
      <h3 className={styles.heading}>What each of them learns</h3>
      <table className={styles.learns}>
        <tbody>
          {seats.map(({ seat, who }) => (
            <tr key={seat}>
              <th scope="row">{who}</th>
              <td>
                {price.learns[seat].length === 0 && 'nothing'}
                <ul className={styles.told}>
                  {price.learns[seat].map((what) => (
                    <li key={what}>{what}</li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3 className={styles.heading}>What that costs, for one picture</h3>
      <Facts
        facts={[
          { name: 'Between the institutions', value: `${bytes(price.bytesEachWay)} each way in ${count(price.rounds)} rounds, about ${duration(price.onlineSeconds)}` },
          { name: 'Prepared ahead', value: `${bytes(price.stockBytes)} of one-time random numbers` },
          {
            name: 'Exactness',
            value: accuracy.images === 0 ? 'not measured' : `${count(accuracy.labelsAgree)} of ${count(accuracy.images)} test pictures get the same class as without encryption`,
          },
        ]}
      />
    </Card>
  );
}
