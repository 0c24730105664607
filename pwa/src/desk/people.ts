import type { LiveRoom } from '../live/room.svelte';
import { t } from '../i18n';

/** The desk knows people by their guest views; those who have left keep their name only there. */
export function guestName(room: LiveRoom, id: string): string {
  return room.one('guest', id)?.name ?? room.one('person', id)?.name ?? t.desk.gone;
}
