import { Button } from '@mantine/core';
import { REPORT_FORMATS, type ReportFormat, reportAddress } from '@/api/evidence';
import { Card } from '@/ui/Card';
import styles from './ReportLinks.module.css';

const NAMES: Record<ReportFormat, string> = { html: 'Open as a page (HTML)', pdf: 'PDF', csv: 'CSV', json: 'JSON' };

/** The whole report on a model: figures, checklists and model card, with a content hash; the same bytes for the same inputs. */
export function ReportLinks({ model }: { model: string }) {
  return (
    <Card title="Report on the model">
      <p>Model card, figures, TRIPOD+AI and CLAIM checklists in one document with its content hash: the same bytes whenever it is drawn from the same evidence.</p>
      <div className={styles.links}>
        {REPORT_FORMATS.map((format) => (
          <Button
            key={format}
            renderRoot={(props) => <a href={reportAddress(model, format)} {...(format === 'html' ? { target: '_blank', rel: 'noreferrer' } : { download: true })} {...props} />}
          >
            {NAMES[format]}
          </Button>
        ))}
      </div>
    </Card>
  );
}
