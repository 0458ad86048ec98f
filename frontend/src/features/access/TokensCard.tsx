import { useQuery } from '@tanstack/react-query';
import { tokensQuery } from '@/api/access';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { NewToken } from './NewToken';
import { TokenTable } from './TokenTable';

export function TokensCard() {
  const tokens = useQuery(tokensQuery);
  return (
    <Card title="Tokens">
      <Async
        what="your tokens"
        query={tokens}
        empty={(rows) => rows.length === 0 && <Empty title="You have no tokens">Make one for each program, so that each can be revoked by itself.</Empty>}
      >
        {(rows) => <TokenTable tokens={rows} />}
      </Async>
      <NewToken />
    </Card>
  );
}
