import type { JobEvent } from '@/api/types';
import { clock, dateTime } from '@/lib/format';
import { SiteMark } from '@/ui/SiteMark';
import { eventText, type KindOf } from './eventText';
import type { SiteBook } from './siteBook';

interface Props {
  event: JobEvent;
  book: SiteBook;
  kindOf: KindOf;
}

export function EventLine({ event, book, kindOf }: Props) {
  const who = event.site === null ? { name: 'hub', colour: null } : book(event.site);
  const { text, tone } = eventText(event, book, kindOf);
  return (
    <li data-tone={tone}>
      <time dateTime={event.time} title={dateTime(event.time)}>
        {clock(event.time)}
      </time>
      <SiteMark colour={who.colour} />
      <span>
        <b>{who.name}</b> {text}
      </span>
    </li>
  );
}
