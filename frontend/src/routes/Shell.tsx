import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { federationsQuery } from '@/api/federations';
import { isPatient, sessionQuery } from '@/api/session';
import type { User } from '@/api/types';
import { zoneLabel } from '@/lib/format';
import { useNow } from '@/lib/now';
import { ColourScheme } from '@/ui/ColourScheme';
import { LogOut } from './LogOut';
import { DIAGNOSIS, PLACES, PORTAL } from './places';
import styles from './Shell.module.css';

const fullName = ({ first_name, last_name, username }: User) => `${first_name} ${last_name}`.trim() || username;

export function Shell() {
  const session = useQuery(sessionQuery);
  const patient = session.data !== undefined && isPatient(session.data);
  const federations = useQuery({ ...federationsQuery, enabled: !patient });
  const now = useNow();
  const user = session.data?.user;
  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <div className={styles.column}>
        <nav className={styles.nav} aria-label="Main">
          <div className={styles.brand}>PriMIA</div>
          {(patient ? PORTAL : PLACES).map(({ to, label }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === '/' || to === '/diagnose', includeSearch: false }}>
              {label}
            </Link>
          ))}
          {!patient && <small>Diagnosis</small>}
          {!patient &&
            DIAGNOSIS.map(({ to, label }) => (
              <Link key={to} to={to} activeOptions={{ includeSearch: false }}>
                {label}
              </Link>
            ))}
          {!patient && <small>Federations</small>}
          {federations.data?.map(({ id, name }) => (
            <Link key={id} to="/federations/$federation" params={{ federation: id }}>
              {name}
            </Link>
          ))}
          <div className={styles.foot}>
            {user != null && <LogOut name={fullName(user)} />}
            <ColourScheme />
            <span className="dim">Times in {zoneLabel(now)}</span>
          </div>
        </nav>
      </div>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
