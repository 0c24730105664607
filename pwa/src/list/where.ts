// Where somebody's acquaintances mostly are: chosen once, kept on the device.
import { keep, kept } from '../i18n';
import { areaKept, prefectureOf } from '../words/book.svelte';
import type { Book } from '../words/book.svelte';

export type Where = { prefecture: string; city: string };

/** What was chosen the last time, else the prefecture in which the event is. */
export function lastWhere(book: Book, place: string): Where {
  try {
    const got = JSON.parse(kept('goen.where') ?? '') as Partial<Where>;
    return { prefecture: String(got.prefecture ?? ''), city: String(got.city ?? '') };
  } catch {
    // 船橋商工会議所 is in 船橋市
    const bare = (ja: string) => (ja.length > 2 ? ja.replace(/[都道府県市区町村]$/, '') : ja);
    const named = book.areas.filter(([, parent, ja]) => parent !== '' && place.includes(bare(ja))).map((a) => a[2]);
    return { prefecture: named.map(prefectureOf).find(Boolean) ?? '', city: '' };
  }
}

export function keepWhere(where: Where): void {
  keep('goen.where', JSON.stringify(where));
}

/** The area of an entry: the city alone when it is known to lie there, else with its prefecture. */
export function areaOf({ prefecture, city }: Where): string {
  const place = areaKept(city);
  if (!place) return prefecture;
  return !prefecture || prefectureOf(place) === prefecture || place.startsWith(prefecture) ? place : `${prefecture}${place}`;
}
