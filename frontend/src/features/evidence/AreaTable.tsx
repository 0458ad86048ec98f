import type { EvaluationDocument } from '@/api/documents';
import styles from './EvaluationBody.module.css';
import { areas } from './headline';

/** Areas under the curve, by how classes are set against each other and averaged. */
export function AreaTable({ document }: { document: EvaluationDocument }) {
  return (
    <table className={styles.areas}>
      <caption className="visually-hidden">Areas under the curve over all classes</caption>
      <thead>
        <tr>
          <th scope="col">Area under the curve</th>
          <th scope="col" className="number">
            mean
          </th>
          <th scope="col" className="number">
            weighted
          </th>
        </tr>
      </thead>
      <tbody>
        {areas(document).map(({ name, macro, weighted }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{macro}</td>
            <td className="number">{weighted}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
