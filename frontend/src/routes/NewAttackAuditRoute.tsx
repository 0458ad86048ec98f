import { useNavigate, useSearch } from '@tanstack/react-router';
import { NewAttackAuditPage } from '@/features/examine/NewAttackAuditPage';

export function NewAttackAuditRoute() {
  const { model } = useSearch({ from: '/inside/attack-audits/new' });
  const navigate = useNavigate({ from: '/attack-audits/new' });
  return (
    <NewAttackAuditPage
      model={model}
      onModel={(id) => void navigate({ search: { model: id }, replace: true })}
      onCreated={(job) => void navigate({ to: '/jobs/$job', params: { job } })}
    />
  );
}
