// What has been drawn since the page was opened. A thread is drawn once, then it simply is there.
const drawn = new Set<string>();

/** True the first time a key is asked for. */
export function firstTime(key: string): boolean {
  if (drawn.has(key)) return false;
  drawn.add(key);
  return true;
}

/** A short tap of the phone, where there is such a thing. */
export function buzz(): void {
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) navigator.vibrate?.(8);
}
