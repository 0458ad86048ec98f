import type { ModelDetail } from '@/api/types';

export function ModelDetails({ model }: { model: ModelDetail }) {
  return <>{model.name}</>;
}
