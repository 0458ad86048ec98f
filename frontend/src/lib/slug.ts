/** Short names for addresses and logs. */

export const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** "Évora General" -> "evora-general" */
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{Mark}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}
