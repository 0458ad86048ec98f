import { useNavigate } from '@tanstack/react-router';
import { NewStudyPage } from '@/features/raters/NewStudyPage';

export function NewStudyRoute() {
  const navigate = useNavigate();
  return <NewStudyPage onCreated={(study) => void navigate({ to: '/reader-studies/$study', params: { study } })} />;
}
