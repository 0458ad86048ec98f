import { Link } from '@tanstack/react-router';
import type { Comparison, Figure } from '@/api/readings';
import { duration, interval, metric, percent } from '@/lib/format';
import { RaterMark } from './RaterMark';
import { raterStyle } from './raterStyle';
import styles from './Raters.module.css';
import { kindWords } from './words';

const share = ({ value, low, high }: Figure) => (
  <span className={styles.figure}>
    {percent(value)}
    <small>{value === null ? 'undefined' : `${percent(low)} to ${percent(high)}`}</small>
  </span>
);

/** Every rater against the truth. */
export function RatersTable({ comparison }: { comparison: Comparison }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Raters against the truth">
      <table>
        <thead>
          <tr>
            <th scope="col">Rater</th>
            <th scope="col" className="number">Accuracy</th>
            <th scope="col" className="number">MCC</th>
            <th scope="col" className="number">Kappa with the truth</th>
            {comparison.classes.map((name) => (
              <th key={name} scope="col" className="number">
                Sensitivity: {name}
              </th>
            ))}
            <th scope="col" className="number">Time a case</th>
          </tr>
        </thead>
        <tbody>
          {comparison.raters.map((rater) => (
            <tr key={rater.id}>
              <th scope="row">
                <span className={styles.name}>
                  <RaterMark style={raterStyle(comparison, rater.name)} />
                  {rater.name}
                  {rater.own && ' (you)'}
                </span>
                <div className="dim">
                  {rater.model_version === null ? (
                    kindWords(rater.kind)
                  ) : (
                    <Link to="/models/$model" params={{ model: rater.model_version }}>
                      {kindWords(rater.kind)}
                    </Link>
                  )}
                  {rater.after_closing && ', added after closing'}
                  {rater.amended > 0 && `, ${rater.amended} amended`}
                </div>
              </th>
              <td className="number">{share(rater.report.accuracy)}</td>
              <td className="number">
                <span className={styles.figure}>
                  {metric(rater.report.mcc.value)}
                  <small>{interval(rater.report.mcc.low, rater.report.mcc.high)}</small>
                </span>
              </td>
              <td className="number">{metric(rater.report.kappa)}</td>
              {rater.report.classes.map(({ name, sensitivity }) => (
                <td key={name} className="number">
                  {share(sensitivity)}
                </td>
              ))}
              <td className="number">{rater.seconds === null ? <span className="dim">–</span> : duration(rater.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
