import type { ReactNode } from 'react';
import { useNow } from '@/lib/now';

/** Re-renders only its own words as time passes. */
export function Clock({ children }: { children: (now: number) => ReactNode }) {
  return <>{children(useNow())}</>;
}
