import { useNavigate, useSearch } from '@tanstack/react-router';
import { NewEvaluationPage } from '@/features/examine/NewEvaluationPage';

export function NewEvaluationRoute() {
  const { model } = useSearch({ from: '/inside/evaluations/new' });
  const navigate = useNavigate({ from: '/evaluations/new' });
  return (
    <NewEvaluationPage
      model={model}
      onModel={(id) => void navigate({ search: { model: id }, replace: true })}
      onCreated={(job) => void navigate({ to: '/jobs/$job', params: { job } })}
    />
  );
}
