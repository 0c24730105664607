import type { WatchView } from '../protocol';

/** It waits for the host's look: held, and not yet put aside. */
export function waits(n: WatchView): boolean {
  return !!n.held && !n.hidden && !n.closed && !n.out;
}

/** It stands in the room, and nobody has answered it. */
export function standsAlone(n: WatchView): boolean {
  return n.offers === 0 && !n.closed && !n.hidden && !n.out && !n.held;
}

const MINUTE = 60_000;

/** The host may call for it (打診): nobody has answered it for five minutes, and the last call is ten minutes ago. */
export function callable(n: WatchView, now: number): boolean {
  return standsAlone(n) && !n.behalf && now >= n.at + 5 * MINUTE && now >= (n.calledAt ?? -Infinity) + 10 * MINUTE;
}
