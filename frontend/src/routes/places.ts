/** The places of the navigation, in groups. */

export const PLACES = [
  { to: '/', label: 'Portfolio' },
  { to: '/data', label: 'Data' },
  { to: '/jobs', label: 'Jobs' },
  { to: '/models', label: 'Models' },
  { to: '/audit', label: 'Audit log' },
] as const;

export const DIAGNOSIS = [
  { to: '/services', label: 'Services' },
  { to: '/nodes', label: 'Nodes' },
  { to: '/api-access', label: 'API access' },
] as const;
