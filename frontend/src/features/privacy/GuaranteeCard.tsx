import { Card } from '@/ui/Card';
import styles from './GuaranteeCard.module.css';

const WORDS = [
  {
    name: 'What ε says',
    text: 'Take one unit out of a site’s training images, or put one in: no result that left the site becomes more likely than by a factor of e to the power of ε, except with chance δ. The smaller ε, the less anybody can tell whether somebody was in the training. Below 1 it is a strong promise; above 8 it is close to none.',
  },
  {
    name: 'Whom it hides',
    text: 'A patient with all images, or a single image: each job’s plan says which. Privacy per image does not hide a patient who has several.',
  },
  {
    name: 'From whom',
    text: 'Local: from everybody who sees the site’s update, even a hub that opens it, and from all who get the model. Distributed: from all who see sums and models, as long as no more sites collude with the hub than the plan bears.',
  },
  {
    name: 'How it adds up',
    text: 'All jobs on one study at one site count together, whoever asked for them, and so do rounds of jobs that failed: what has left cannot be called back. Sites and studies are counted apart; for a patient whose images are in two of them, both add up.',
  },
  {
    name: 'What stops a job',
    text: 'The site. Before each round it adds the round to its own ledger and refuses if that would pass its budget. The job then ends with its last model. A job that is under way has its rounds reserved until it ends, so that another is refused before it starts. What you see here is what the sites have reported.',
  },
];

const OPEN = [
  'jobs without differential privacy: they spend nothing here, because they promise nothing',
  'confusion matrices and losses on validation and test images, which are exact sums over all sites',
  'evaluations and attack audits, which count a model’s answers',
  'which sites took part in a round, when, and for how long',
  'what is true of a disease in general: a good model tells that, with or without any one patient',
];

/** What the promise is and is not, in plain words, for those who have to decide about a budget. */
export function GuaranteeCard() {
  return (
    <Card title="What the guarantee covers">
      <div className={styles.columns}>
        <dl className={styles.words}>
          {WORDS.map(({ name, text }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <section aria-labelledby="not-covered" className={styles.open}>
          <h3 id="not-covered">What it does not cover</h3>
          <ul>
            {OPEN.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
          <p className="dim">The preview of a new job lists what that job releases without noise.</p>
        </section>
      </div>
    </Card>
  );
}
