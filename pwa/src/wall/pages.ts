// What the screen shows in turn: as many needs as fit, the balance of the room, words of thanks.
import type { LineView, ThanksView } from '../protocol';

export type WallPage = { kind: 'needs'; list: LineView[] } | { kind: 'bars'; list: [] } | { kind: 'thanks'; list: ThanksView[] };

/** How wide a text is, in characters of its own size. */
export function widthOf(text: string): number {
  return [...text].reduce((n, c) => n + (/[\x20-\x7e]/.test(c) ? 0.56 : 1), 0);
}

/** Deals a list into pages of a height; what is higher than a page has one for itself. */
export function deal<T>(all: readonly T[], room: number, needs: (one: T) => number): T[][] {
  const dealt: T[][] = [];
  let left = 0;
  for (const one of all) {
    const high = needs(one);
    const page = dealt.at(-1);
    if (!page || left < high) {
      dealt.push([one]);
      left = room - high;
    } else {
      page.push(one);
      left -= high;
    }
  }
  return dealt;
}

/** All pages for a height, in the unit of the style sheet. A need stands in one line or two and has a line of facts; thanks are as long as they are. */
export function pagesOf(lines: readonly LineView[], thanks: readonly ThanksView[], room: number, bars = false): WallPage[] {
  const need = (line: LineView) => (widthOf(line.who) > (line.pinned ? 15 : 17) ? 12.4 : 8.1);
  const word = (one: ThanksView) => 2 + 4.4 * Math.ceil(widthOf(one.line) / 18);
  const needs = deal(lines, room, need).map((list): WallPage => ({ kind: 'needs', list }));
  const balance: WallPage[] = bars ? [{ kind: 'bars', list: [] }] : [];
  return [
    ...needs.flatMap((page, i) => (i % 2 === 1 || i === needs.length - 1 ? [page, ...balance] : [page])), // not lost among many
    ...(needs.length > 0 ? [] : balance),
    ...deal(thanks, room, word).map((list): WallPage => ({ kind: 'thanks', list })),
  ];
}
