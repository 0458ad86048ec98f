import type { SiteForecast } from '@/api/types';
import { epsilon } from '@/lib/format';
import { Chip } from '@/ui/Chip';

interface Props {
  sites: SiteForecast[];
  /** The names of sites by their short names. */
  nameOf: (slug: string) => string;
}

/** ε of the study at each site: before the job, after it, and the budget that it must not pass. */
export function ForecastTable({ sites, nameOf }: Props) {
  const promised = sites.some(({ reserved }) => reserved !== null && reserved > 0);
  return (
    <table>
      <caption className="visually-hidden">ε of the study at each site</caption>
      <thead>
        <tr>
          <th scope="col">Site</th>
          <th scope="col" className="number">
            spent
            {promised && <div title="by how much jobs that have not ended may add to it">+ reserved</div>}
          </th>
          <th scope="col" className="number">
            after
          </th>
          <th scope="col" className="number">
            budget
          </th>
        </tr>
      </thead>
      <tbody>
        {sites.map(({ site, study, spent, reserved, after, budget, would_pass }) => (
          <tr key={site}>
            <th scope="row" title={study}>
              {nameOf(site)}
              {would_pass && (
                <div>
                  <Chip tone="warn">! would pass the budget</Chip>
                </div>
              )}
            </th>
            <td className="number">
              {epsilon(spent)}
              {reserved !== null && reserved > 0 && <div className="dim nowrap">+ {epsilon(reserved)}</div>}
            </td>
            <td className="number">{would_pass ? <b>{epsilon(after)}</b> : epsilon(after)}</td>
            <td className="number">{budget === null ? <span className="dim">none told</span> : epsilon(budget)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
