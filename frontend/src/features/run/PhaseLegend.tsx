import { LEGEND, PHASES } from './phases';
import styles from './PhaseLegend.module.css';

export function PhaseLegend() {
  return (
    <ul className={styles.legend} aria-label="Phases">
      {LEGEND.map(({ phase, text }) => (
        <li key={phase}>
          <svg width={14} height={9} aria-hidden="true">
            <rect width={14} height={9} rx={2} fill={PHASES[phase].fill} />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
