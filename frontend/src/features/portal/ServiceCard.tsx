import { Link } from '@tanstack/react-router';
import type { Service } from '@/api/types';
import { dateTime, plural } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import styles from './ServiceCard.module.css';

/** One service that may be asked, for somebody who has never heard of it. */
export function ServiceCard({ service }: { service: Service }) {
  const { id, title, intended_use, classes, federation, policy, stock, waiting, expires_at } = service;
  const ready = Math.min(stock.p0, stock.p1);
  return (
    <article className={styles.card} aria-labelledby={`service-${id}`}>
      <div>
        <h2 id={`service-${id}`}>{title}</h2>
        <span className="dim">{federation.name}</span>
      </div>
      <p>{intended_use}</p>
      <div className={styles.chips}>
        {classes.map((name) => (
          <Chip key={name}>{name}</Chip>
        ))}
        <Chip tone="accent">{policy === 'logits' ? 'with probabilities' : 'class alone'}</Chip>
      </div>
      <div className={styles.foot}>
        <span className="dim">
          {ready > 0 && waiting === 0 ? 'Answers in seconds' : waiting > 0 ? `${plural(waiting, 'request')} waiting` : 'Prepares randomness first, answers in minutes'} · until {dateTime(expires_at)}
        </span>
        <Link to="/diagnose/$service" params={{ service: id }}>
          Read and use<span className="visually-hidden">: {title}</span>
        </Link>
      </div>
    </article>
  );
}
