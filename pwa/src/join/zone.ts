/** This device's zone, an IANA name. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Tokyo';
}

const two = (n: number) => String(n).padStart(2, '0');

/** A local day as a date field has it. */
export function dateField(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The moments of an evening, as three fields of this device's zone have it. An end that is not after the beginning is on the next day. */
export function evening(date: string, from: string, to: string): { startsAt: number; endsAt: number; night: boolean } | undefined {
  const startsAt = new Date(`${date}T${from}`).getTime();
  let end = new Date(`${date}T${to}`);
  if (Number.isNaN(startsAt) || Number.isNaN(end.getTime())) return undefined;
  const night = end.getTime() <= startsAt;
  if (night) end = new Date(end.getFullYear(), end.getMonth(), end.getDate() + 1, end.getHours(), end.getMinutes());
  return { startsAt, endsAt: end.getTime(), night };
}
