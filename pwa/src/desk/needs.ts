import type { WatchView } from '../protocol';

/** It waits for the host's look: held, and not yet put aside. */
export function waits(n: WatchView): boolean {
  return !!n.held && !n.hidden && !n.closed && !n.out;
}

/** It stands in the room, and nobody has answered it. */
export function standsAlone(n: WatchView): boolean {
  return n.offers === 0 && !n.closed && !n.hidden && !n.out && !n.held;
}
