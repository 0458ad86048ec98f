import styles from './AskCard.module.css';
import type { Consented } from './consenting';

interface Props {
  value: Consented;
  unasked: boolean;
  disabled: boolean;
  onChange: (value: Consented) => void;
}

export function Consent({ value, unasked, disabled, onChange }: Props) {
  const tick = (name: keyof Consented, words: string) => (
    <label>
      <input type="checkbox" checked={value[name]} onChange={({ currentTarget: { checked } }) => onChange({ ...value, [name]: checked })} />
      <span>{words}</span>
    </label>
  );
  return (
    <fieldset className={styles.consent} disabled={disabled}>
      <legend className="visually-hidden">Consent</legend>
      {tick('read', 'I have read what each institution learns, and what this page cannot promise.')}
      {tick('notDiagnosis', 'I know that the answer is the output of a statistical model and not a diagnosis.')}
      {unasked && tick('unasked', 'An institution could not be asked at its own address. I have compared its fingerprint in another way, or accept to trust the platform for it.')}
      {tick('keepPicture', 'Keep the picture in this browser with its result. Untick this on a computer that others use.')}
    </fieldset>
  );
}
