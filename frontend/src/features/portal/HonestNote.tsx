import { Card } from '@/ui/Card';
import styles from './AskPage.module.css';

/** What this page cannot promise. Word for word as the design has it. */
export function HonestNote() {
  return (
    <Card title="What this page cannot promise">
      <blockquote className={styles.quote}>
        This page splits and seals your image in your browser. That protects it from the relay and from each computing institution alone, provided this
        page&apos;s code is genuine. Whoever delivers this page could change it, and you would not notice. If you do not want to rely on that, use{' '}
        <code>primia diagnose</code> from a package whose hash you have checked.
      </blockquote>
    </Card>
  );
}
