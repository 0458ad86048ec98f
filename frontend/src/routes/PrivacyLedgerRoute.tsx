import { useNavigate, useSearch } from '@tanstack/react-router';
import { LedgerPage } from '@/features/privacy/LedgerPage';

export function PrivacyLedgerRoute() {
  const search = useSearch({ from: '/inside/privacy-ledger' });
  const navigate = useNavigate({ from: '/privacy-ledger' });
  return <LedgerPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />;
}
