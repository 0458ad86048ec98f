import { longHash, shortHash } from '@/lib/format';

interface Props {
  value: string | null | undefined;
  whole?: boolean;
}

export function Hash({ value, whole = false }: Props) {
  if (value == null) return <span className="dim">–</span>;
  return (
    <span className="mono" title={value}>
      {whole ? longHash(value) : shortHash(value)}
    </span>
  );
}
