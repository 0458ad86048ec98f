import { useParams } from '@tanstack/react-router';
import { ReadingPage } from '@/features/reading/ReadingPage';

export function ReadingRoute() {
  const { study } = useParams({ from: '/inside/reader-studies/$study/read' });
  return <ReadingPage key={study} id={study} />;
}
