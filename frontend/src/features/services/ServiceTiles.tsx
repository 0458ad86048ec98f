import type { ServiceDetail } from '@/api/types';
import { ago, bytes, count, date, plural, stepTime } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';

export function ServiceTiles({ service }: { service: ServiceDetail }) {
  const { stock, price, state } = service;
  const held = Math.min(stock.p0, stock.p1);
  return (
    <Tiles label="Figures of this service">
      {state === 'open' && (
        <>
          <Tile label="Stock" value={`${count(held)} of ${count(stock.full)}`} note={`P0 has ${count(stock.p0)}, P1 ${count(stock.p1)}; refilled below ${count(stock.low)}`} />
          <Tile label="Waiting" value={count(service.waiting)} note={held === 0 && service.waiting > 0 ? 'until the stock is filled' : service.waiting === 0 ? 'nobody waits' : 'answered in their order'} />
        </>
      )}
      <Tile label="Between the parties" value={bytes(price?.bytes_each_way)} note={price === null ? '' : `each way, in ${plural(price.rounds, 'round')}`} />
      <Tile label="Time an image" value={stepTime(price?.online_seconds)} note={price === null ? '' : `expected; ${bytes(price.stock_bytes)} of stock, sent ahead`} />
      <Tile label="A person and day" value={count(service.per_user_daily)} note="diagnoses at most" />
      <Tile
        label={state === 'closed' ? 'Was open from' : 'Offered until'}
        value={date(state === 'closed' ? service.opened_at : service.expires_at)}
        note={state === 'closed' ? `until ${date(service.closed_at)}` : <Clock>{(now) => `open since ${ago(service.opened_at, now).replace(' ago', '')}`}</Clock>}
      />
    </Tiles>
  );
}
