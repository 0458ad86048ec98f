/** The steps of a diagnosis, as its latency is told. */

const NAMES: Record<string, string> = {
  queue: 'Waiting for its turn',
  wait: 'Waiting for the other party',
  open: 'Opening the sealed half',
  prepare: 'Making a set ready',
  online: 'Computing together',
  seal: 'Sealing the answer',
  whole: 'From request to answer',
};

/** In the order in which they happen, whatever the order in which they come. */
const ORDER = Object.keys(NAMES);

export function stepName(step: string): string {
  return NAMES[step] ?? step.replaceAll('_', ' ');
}

export function inOrder<Row extends { step: string }>(rows: Row[]): Row[] {
  const place = ({ step }: Row) => (ORDER.includes(step) ? ORDER.indexOf(step) : ORDER.length);
  return [...rows].sort((one, other) => place(one) - place(other));
}

/** Why diagnoses fail, in words; the code stands beside them. */
const REASONS: Record<string, string> = {
  'diagnosis.mismatch': 'the parties held halves of different requests',
  'diagnosis.wrong_party': 'a half was sealed for the other party',
  'diagnosis.wrong_service': 'a half was made for another service',
  'diagnosis.wrong_descriptor': 'the request was made for an older descriptor',
  'diagnosis.wrong_request': 'a half belongs to another request',
  'diagnosis.expired': 'it was not answered in time',
  'diagnosis.share_corrupt': 'a half was damaged or changed on its way',
  'diagnosis.wrong_size': 'the image did not have the service’s size',
  'diagnosis.unsealable': 'a half could not be opened',
  'party.peer_absent': 'one party waited for the other, which did not come',
  'mpc.peer_lost': 'the line between the parties broke during the computation',
  'mpc.peer_failed': 'the other party failed during the computation',
  'diagnosis.no_stock': 'a party had no set of random numbers left',
  'mpc.stock_empty': 'a party had no set of random numbers left',
  'service.closed': 'the service was closed',
  'link.lease_lost': 'a party stopped answering the hub',
};

export function reasonWords(code: string): string {
  return REASONS[code] ?? 'see the parties’ own logs';
}
