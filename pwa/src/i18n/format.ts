import { language, t, type Locale } from './index';

// Times are milliseconds since 1970 (what the server sends) or Date; zones are IANA names, the event's own.
type At = number | Date;

const made = new Map<string, Intl.DateTimeFormat>();

function dates(zone: string, options: Intl.DateTimeFormatOptions, locale: Locale): Intl.DateTimeFormat {
  const key = locale + zone + JSON.stringify(options);
  let f = made.get(key);
  if (!f) {
    f = new Intl.DateTimeFormat(locale === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: zone, ...options });
    made.set(key, f);
  }
  return f;
}

/** 19:05 */
export function clock(at: At, zone: string): string {
  return dates(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, language()).format(at);
}

/** 11月24日(火) / Tue, 24 November */
export function day(at: At, zone: string): string {
  return dates(zone, { month: 'long', day: 'numeric', weekday: 'short' }, language()).format(at);
}

/** 11/24 / 24/11 */
export function shortDay(at: At, zone: string): string {
  return dates(zone, { month: 'numeric', day: 'numeric' }, language()).format(at);
}

/** 11月24日(火) 19:05 */
export function dayAndClock(at: At, zone: string): string {
  return `${day(at, zone)} ${clock(at, zone)}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 2分前, 3時間前, 昨日; below a minute たった今. A time ahead reads 3日後. */
export function ago(at: At, now: At): string {
  const past = Number(now) - Number(at);
  const size = Math.abs(past);
  if (size < MINUTE) return t.time.now;
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });
  const [unit, name]: [number, Intl.RelativeTimeFormatUnit] =
    size < HOUR ? [MINUTE, 'minute'] : size < DAY ? [HOUR, 'hour'] : [DAY, 'day'];
  const said = words.format(-Math.sign(past) * Math.floor(size / unit), name);
  return language() === 'ja' ? said.replaceAll(' ', '') : said;
}

/** 2026-11-24, as a field for dates holds it: the day in the zone. */
export function dateOf(at: At, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** A time on a day of the field: now for today, else noon in the zone. NaN for no day. */
export function timeOn(date: string, zone: string, now: number): number {
  if (date === dateOf(now, zone)) return now;
  const noon = Date.parse(`${date}T12:00:00Z`);
  if (Number.isNaN(noon)) return NaN;
  const there = dates(zone, { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }, 'en');
  const part = (type: string) => Number(there.formatToParts(noon).find((p) => p.type === type)?.value);
  return 2 * noon - Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/** 1,234 */
export function count(n: number): string {
  return new Intl.NumberFormat(language()).format(n);
}

/** Sorts by フリガナ or name as the language does. */
export function byReading(a: string, b: string): number {
  return a.localeCompare(b, 'ja');
}
