// Whether a yes that was spoken may be recorded, and from when.
import type { EventView } from '../protocol';

export type Attest = 'off' | 'after' | 'on';

/** after: not yet, but once the event is over. */
export function attestNow(event: Pick<EventView, 'attest' | 'status' | 'endsAt'>, now: number): Attest {
  if (event.attest === 'on') return 'on';
  if (event.attest !== 'after_event') return 'off';
  return event.status === 'closed' || now > event.endsAt ? 'on' : 'after';
}
