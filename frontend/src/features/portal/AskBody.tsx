import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AskCard } from './AskCard';
import styles from './AskPage.module.css';
import { originQuery, type Service } from './checkedService';
import { HonestNote } from './HonestNote';
import { LearnsCard } from './LearnsCard';
import { PartiesCard } from './PartiesCard';
import { TroubleCard } from './TroubleCard';
import { troubleOfCode } from './trouble';

interface Props {
  service: Service;
  onSent: (diagnosis: string) => void;
}

export function AskBody({ service, onSent }: Props) {
  const first = useQuery(originQuery(service.descriptor, 0));
  const second = useQuery(originQuery(service.descriptor, 1));
  const verdicts = [first.data, second.data] as const;
  const liar = service.descriptor.parties.find((_, index) => verdicts[index] === 'differs' || verdicts[index] === 'unsigned');
  return (
    <>
      {liar !== undefined && (
        <TroubleCard
          trouble={troubleOfCode('descriptor.untrusted', `What ${liar.name} says at ${liar.origin} is not what the platform says of it. One of the two is not genuine.`)}
          actions={<Link to="/diagnose">All services</Link>}
        />
      )}
      <div className={styles.columns}>
        <div className={styles.side}>
          <LearnsCard descriptor={service.descriptor} />
          <PartiesCard service={service} verdicts={verdicts} />
        </div>
        <div className={styles.side}>
          <HonestNote />
          {liar === undefined && <AskCard service={service} asked={verdicts.every((one) => one !== undefined)} unasked={verdicts.includes('unreachable')} onSent={onSent} />}
        </div>
      </div>
    </>
  );
}
