import type { LiveRoom } from '../live/room.svelte';
import { files } from '../live/api';
import { t } from '../i18n';
import { byReading } from '../i18n/format';
import type { PersonView } from '../protocol';

/** A name as one says it; who has left has none. */
export function nameOf(room: LiveRoom, id: string): string {
  return room.one('person', id)?.name ?? t.room.gone;
}

/** The same with さん. */
export function sanOf(room: LiveRoom, id: string): string {
  const person = room.one('person', id);
  return person ? t.room.san(person.name) : t.room.gone;
}

/** The address of a picture, if there is one. */
export function photoOf(room: LiveRoom, photo: string | undefined): string | undefined {
  return photo ? files.photo(room.id, photo) : undefined;
}

/** The circle of the hosts first, then by reading. */
export function inOrder(people: readonly PersonView[]): PersonView[] {
  return [...people].sort((a, b) => Number(b.host ?? false) - Number(a.host ?? false) || byReading(a.kana || a.name, b.kana || b.name));
}

/** The language of what a person wrote, for the voice that reads it and for line breaking. */
export function langOf(text: string): 'ja' | 'en' {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text) ? 'ja' : 'en';
}
