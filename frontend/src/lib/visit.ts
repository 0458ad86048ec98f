/** Keys that make sending the same form twice on one visit come to one thing. No secret: the platform only compares them. */

const visit = crypto.randomUUID();

export function keyOf(values: unknown): string {
  const sum = Array.from(JSON.stringify(values)).reduce((all, letter) => (Math.imul(all, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return `${visit}-${sum.toString(36)}`;
}
