// What the host tells everybody. Each can be put away on this phone; the next one comes all the same.
import { keep, kept } from '../i18n';
import type { AnnouncementView } from '../protocol';

const key = (event: string) => `goen.news.${event}`;

/** The ids that were put away here. */
export function putAway(event: string): string[] {
  try {
    const got: unknown = JSON.parse(kept(key(event)) ?? '[]');
    return Array.isArray(got) ? got.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps the ids; those of announcements that are gone are forgotten. */
export function keepAway(event: string, ids: readonly string[], all: readonly AnnouncementView[]): void {
  const there = new Set(all.map((a) => a.id));
  keep(key(event), JSON.stringify(ids.filter((id) => there.has(id))));
}

/** What stands in the room, the latest on top. */
export function standing(all: readonly AnnouncementView[], away: readonly string[]): AnnouncementView[] {
  return all.filter((a) => !away.includes(a.id)).sort((a, b) => b.at - a.at);
}
