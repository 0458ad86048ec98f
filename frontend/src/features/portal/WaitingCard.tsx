import { Card } from '@/ui/Card';

export function WaitingCard() {
  return (
    <Card title="The answer is on its way">
      <p>You may close this page or reload it: the key of the answer is kept by this browser, and the answer waits, sealed, for a day.</p>
      <p className="dim">Do not clear this browser’s data until then. A private window forgets the key when it is closed.</p>
    </Card>
  );
}
