/** The places of the navigation, in groups. */

export const PLACES = [
  { to: '/', label: 'Portfolio' },
  { to: '/data', label: 'Data' },
  { to: '/jobs', label: 'Jobs' },
  { to: '/models', label: 'Models' },
  { to: '/evidence', label: 'Evidence' },
  { to: '/reader-studies', label: 'Reader studies' },
  { to: '/privacy-ledger', label: 'Privacy ledger' },
  { to: '/audit', label: 'Audit log' },
] as const;

export const DIAGNOSIS = [
  { to: '/diagnose', label: 'Diagnose' },
  { to: '/services', label: 'Services' },
  { to: '/nodes', label: 'Nodes' },
  { to: '/api-access', label: 'API access' },
] as const;

/** All that somebody sees who is nothing but a patient. */
export const PORTAL = [
  { to: '/diagnose', label: 'Diagnose' },
  { to: '/diagnose/history', label: 'History' },
  { to: '/diagnose/batch', label: 'Many pictures' },
] as const;
