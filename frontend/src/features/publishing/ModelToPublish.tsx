import { useQuery } from '@tanstack/react-query';
import { nodesQuery } from '@/api/nodes';
import { modelQuery } from '@/api/registry';
import { Async } from '@/ui/Async';
import { PublishForm } from './PublishForm';

interface Props {
  id: string;
  federation: string;
  onPublished: (service: string) => void;
}

/** The form needs the model's card and the machines; it begins when both are there. */
export function ModelToPublish({ id, federation, onPublished }: Props) {
  const model = useQuery(modelQuery(id));
  const nodes = useQuery(nodesQuery(federation));
  return (
    <Async what="this model" query={model} lines={8}>
      {(detail) => (
        <Async what="nodes" query={nodes} lines={6}>
          {(found) => <PublishForm model={detail} nodes={found} onPublished={onPublished} />}
        </Async>
      )}
    </Async>
  );
}
