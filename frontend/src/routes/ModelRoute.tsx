import { useParams } from '@tanstack/react-router';
import { ModelPage } from '@/features/models/ModelPage';

export function ModelRoute() {
  const { model } = useParams({ from: '/inside/models/$model' });
  return <ModelPage id={model} />;
}
