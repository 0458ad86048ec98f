/** How numbers and times are written, everywhere. One locale and one time zone: the reader's, which the page names. */

const LOCALE = 'en-GB';
const NONE = '–';

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const wholes = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const clocks = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone });
const minutes = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', timeZone });
const dates = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric', timeZone });
const zoneNames = new Intl.DateTimeFormat(LOCALE, { timeZone, timeZoneName: 'longOffset' });

export type Instant = string | number | Date;

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

function significant(value: number): string {
  if (value >= 100) return wholes.format(value);
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, '');
}

/** 11178051 -> "11,178,051" */
export function count(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NONE : wholes.format(value);
}

/** 11178051 -> "11.2 M", for where the last digits carry nothing. */
export function roughCount(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value < 10_000) return wholes.format(value);
  if (value < 1e6) return `${significant(value / 1e3)} k`;
  return `${significant(value / 1e6)} M`;
}

/** "1 site", "3 sites" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** What a machine says, as a sentence: "party 1 did not come" -> "Party 1 did not come." */
export function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/** Decimal units, as networks and disks are sold: 44712204 -> "44.7 MB". */
export function bytes(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? wholes.format(size) : significant(size)} ${SIZES[unit] ?? ''}`;
}

/** A metric between -1 and 1, two places: the interval is wider than the third. */
export function metric(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NONE : value.toFixed(2).replace(/^-(0\.00)$/, '$1').replace('-', '−');
}

/** 0.8741 -> "87.4 %" */
export function percent(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NONE : `${(value * 100).toFixed(1)} %`;
}

/** "[0.57, 0.69]" */
export function interval(low: number | null | undefined, high: number | null | undefined): string {
  return low == null || high == null ? NONE : `[${metric(low)}, ${metric(high)}]`;
}

/** "[81.1, 86.8] %" */
export function percentInterval(low: number | null | undefined, high: number | null | undefined): string {
  return low == null || high == null ? NONE : `[${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}] %`;
}

/** "0.021", "0.0004", "< 0.0001": as many digits as carry something. */
export function pValue(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value < 1e-4) return '< 0.0001';
  return value.toFixed(value < 0.001 ? 4 : 3);
}

/** "2.31", "0.05", "142": epsilon of differential privacy, whose third place says nothing. */
export function epsilon(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  return value >= 99.5 ? wholes.format(value) : value.toFixed(2);
}

const POWERS = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** "10⁻⁵", "2 × 10⁻⁶", "0.01": a chance that is small by intention. */
export function smallChance(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value >= 1e-3 || value <= 0) return String(value);
  const [digits = '1', power = '0'] = value.toExponential().split('e-');
  const raised = `10⁻${Array.from(power, (digit) => POWERS[Number(digit)] ?? '').join('')}`;
  return digits === '1' ? raised : `${digits} × ${raised}`;
}

/** 250 -> "4 min 10 s"; below ten seconds one decimal. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const mins = Math.floor((whole % 3600) / 60);
  const secs = whole % 60;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${String(mins).padStart(2, '0')} min`;
  return secs === 0 ? `${mins} min` : `${mins} min ${secs} s`;
}

/** "0.4 ms", "12 ms", "0.31 s", "12.4 s": how long a step of a diagnosis takes. */
export function stepTime(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  if (seconds < 0.0995) return `${significant(seconds * 1000)} ms`;
  return `${significant(seconds)} s`;
}

/** "58 s", "1:58", "1:02:10": where there is no room for words. */
export function shortDuration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  const whole = Math.round(seconds);
  if (whole < 60) return duration(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** "44 to 58 min": both ends in the unit of the larger. */
export function durationRange(low: number, high: number): string {
  const scale = high < 90 ? 1 : high < 5400 ? 60 : 3600;
  const unit = scale === 1 ? 's' : scale === 60 ? 'min' : 'h';
  const write = (value: number) => (scale === 3600 ? (value / scale).toFixed(1) : String(Math.max(1, Math.round(value / scale))));
  return write(low) === write(high) ? `${write(high)} ${unit}` : `${write(low)} to ${write(high)} ${unit}`;
}

/** "14:02:31" */
export function clock(time: Instant | null | undefined): string {
  return time == null ? NONE : clocks.format(new Date(time));
}

/** "14:02" */
export function minute(time: Instant | null | undefined): string {
  return time == null ? NONE : minutes.format(new Date(time));
}

/** "12 Mar 2026" */
export function date(time: Instant | null | undefined): string {
  return time == null ? NONE : dates.format(new Date(time));
}

/** "12 Mar 2026, 14:02" */
export function dateTime(time: Instant | null | undefined): string {
  return time == null ? NONE : `${dates.format(new Date(time))}, ${minutes.format(new Date(time))}`;
}

/** "14:02" today, "12 Mar 2026, 14:02" before. */
export function dayTime(time: Instant | null | undefined, now: Instant): string {
  if (time == null) return NONE;
  const sameDay = dates.format(new Date(time)) === dates.format(new Date(now));
  return sameDay ? minutes.format(new Date(time)) : dateTime(time);
}

/** "12 s ago", "3 d ago"; the clock of the other side may be a little ahead of ours. */
export function ago(time: Instant | null | undefined, now: Instant): string {
  if (time == null) return 'never';
  const seconds = Math.max(0, (new Date(now).getTime() - new Date(time).getTime()) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** First groups of a hash, as people compare them: "9f3c 1ae0 77d2". */
export function shortHash(hash: string | null | undefined, groups = 3): string {
  return hash == null ? NONE : (hash.match(/.{4}/g) ?? [hash]).slice(0, groups).join(' ');
}

/** The whole hash in groups of four. */
export function longHash(hash: string): string {
  return (hash.match(/.{1,4}/g) ?? [hash]).join(' ');
}

/** "Europe/Zurich, GMT+01:00": stands once on every page. */
export function zoneLabel(now: Instant): string {
  const offset = zoneNames.formatToParts(new Date(now)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return timeZone === 'UTC' ? 'UTC' : `${timeZone}, ${offset.replace('GMT', 'UTC')}`;
}
