import type { ClassFigures } from '@/lib/confusion';
import { count, interval, metric } from '@/lib/format';

export function PerClassTable({ figures }: { figures: ClassFigures[] }) {
  return (
    <table>
      <caption className="visually-hidden">Figures by class</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" className="number">
            Images
          </th>
          <th scope="col" className="number">
            Sensitivity, 95 %
          </th>
          <th scope="col" className="number">
            Specificity
          </th>
          <th scope="col" className="number">
            Precision
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.map((one) => (
          <tr key={one.name}>
            <th scope="row">{one.name}</th>
            <td className="number">{count(one.n)}</td>
            <td className="number nowrap">
              {metric(one.sensitivity)} <span className="dim">{interval(one.low, one.high)}</span>
            </td>
            <td className="number">{metric(one.specificity)}</td>
            <td className="number">{metric(one.precision)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
