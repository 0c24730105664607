// What an introduction looks like from one's own side: received or given, in one form.
import { t } from '../i18n';
import type { LiveRoom } from '../live/room.svelte';
import type { About, GivenView, ReceivedView, YouView } from '../protocol';
import { groupOfPair, pairs } from '../pair/pair';
import { isHeld } from '../room/later.svelte';
import { nameOf, sanOf } from '../room/people';
import type { IconName } from '../ui/icons';
import { areaName, tradeName, tradeOf } from '../words/book.svelte';

export type Course = ReceivedView | GivenView;
export type Group = 'turn' | 'running' | 'joined' | 'over';

export const groups: readonly Group[] = ['turn', 'running', 'joined', 'over'];

/** The absent person is who needs the other, and not the other them: it answers no need of the room. */
export function refers(c: { need: string }): boolean {
  return c.need === '';
}

/** It is I who can bring it further. */
export function myTurn(c: Course): boolean {
  if (c.k === 'received') return c.step === 'offered' && !c.behalf;
  return c.behalf ? c.step === 'offered' : c.step === 'wanted' && !c.own;
}

/** They have each other's contact, whatever came of it since. */
export function isJoined(c: Course): boolean {
  return c.step === 'connected' || c.step === 'met' || c.step === 'closed';
}

/** It can be asked now: by a link, or in person. */
export function toAsk(c: Course): boolean {
  return c.k === 'given' && !c.own && c.step === (c.behalf ? 'offered' : 'wanted');
}

export function groupOf(c: Course): Group {
  if (isJoined(c)) return 'joined';
  if (c.step === 'ended' || c.step === 'revoked') return 'over';
  return myTurn(c) ? 'turn' : 'running';
}

/** All of mine, newest change first; what was just left is not among them. */
export function courses(room: LiveRoom): Course[] {
  return [...room.all('received'), ...room.all('given')].filter((c) => !isHeld(`leave/${c.id}`)).sort((a, b) => b.at - a.at);
}

/** How many wait for me. */
export function turns(room: LiveRoom): number {
  return courses(room).filter(myTurn).length + pairs(room).filter((p) => groupOfPair(p) === 'turn').length;
}

/** The other attendee: who introduces, or who receives. */
export function otherOf(c: Course): string {
  return c.k === 'received' ? c.from : c.to;
}

// The knots before the two are joined, and after. Nobody says ぜひ to an offer for an acquaintance: the asking is the answer.
function knots(c: Course): string[] {
  if (isJoined(c)) return c.step === 'closed' && !c.metOn ? ['offered', 'connected', 'closed'] : ['offered', 'connected', 'met', 'closed'];
  if (c.own) return ['offered', 'connected'];
  return c.behalf ? ['offered', 'asking', 'connected'] : ['offered', 'wanted', 'asking', 'connected'];
}

export function stepsOf(c: Course): string[] {
  const names = t.goen.step as Record<string, string>;
  return knots(c).map((knot) => (knot === 'asking' && c.step !== 'asking' ? t.goen.step.ask : (names[knot] ?? knot)));
}

/** How many knots of the thread are done; 0 when it came to nothing. */
export function doneOf(c: Course): number {
  return knots(c).indexOf(c.step) + 1;
}

/** The same for the line with names: 確認中 is where it is, not what is done. */
export function knotOf(c: Course): number {
  return c.step === 'asking' ? doneOf(c) - 1 : doneOf(c);
}

/** Where it stands, in a word or two. */
export function stateOf(c: Course): { text: string; icon: IconName; kind: 'plain' | 'turn' | 'joined' | 'done' } {
  const s = t.goen.state;
  switch (c.step) {
    case 'offered':
      if (c.behalf) return c.k === 'given' ? { text: s.ask, icon: 'send', kind: 'turn' } : { text: s.waitsAsk, icon: 'clock', kind: 'plain' };
      return c.k === 'received' ? { text: s.answer, icon: 'thread', kind: 'turn' } : { text: s.waitsAnswer, icon: 'clock', kind: 'plain' };
    case 'wanted':
      return c.k === 'given' ? { text: s.ask, icon: 'send', kind: 'turn' } : { text: s.waitsAsk, icon: 'clock', kind: 'plain' };
    case 'asking':
      return { text: s.asking, icon: 'clock', kind: 'plain' };
    case 'connected':
      return { text: s.connected, icon: 'thread', kind: 'joined' };
    case 'met':
      return { text: s.met, icon: 'check', kind: 'done' };
    case 'closed':
      if (c.k === 'given' && c.thanks) return { text: s.thanked, icon: 'thread', kind: 'joined' };
      return { text: t.goen.outcomes[c.outcome ?? ''] ?? s.met, icon: 'check', kind: 'done' };
    case 'revoked':
      return { text: s.revoked, icon: 'undo', kind: 'plain' };
    default:
      return { text: s.ended, icon: 'close', kind: 'plain' };
  }
}

/** The one neutral sentence; my own going, and what I may be told, are said as they are. */
export function endOf(c: Course): string {
  if (c.step === 'revoked') return t.goen.revoked;
  if (c.left) return t.goen.left;
  if (c.k === 'given' && c.passed) return t.goen.passed;
  if (c.k === 'given' && c.declined) return t.goen.declined;
  return t.goen.ended;
}

/** Who is (to be) introduced, as far as I may know: a name, my own label, or the trade. */
export function thirdOf(room: LiveRoom, c: Course): { name: string; nameless: boolean } {
  if (c.own) return c.k === 'received' ? { name: nameOf(room, c.from), nameless: false } : { name: t.room.you, nameless: false };
  if (c.k === 'received' && c.contact?.name) return { name: c.contact.name, nameless: false };
  if (c.k === 'given') {
    if (c.name) return { name: c.name, nameless: false };
    const entry = c.entry ? room.one('entry', c.entry) : undefined;
    if (entry?.label) return { name: entry.label, nameless: true };
    if (entry) return { name: tradeName(entry.trade) || t.goen.somebody, nameless: true };
  }
  return { name: tradeName(c.about?.trade) || t.goen.somebody, nameless: true };
}

/** What was said of the third person, as rows. */
export function aboutRows(about: About | undefined): [string, string][] {
  if (!about) return [];
  const rows: [string, string | undefined][] = [
    [t.list.trade, tradeName(about.trade)],
    [t.list.area, about.area && areaName(about.area)],
    [t.list.size, about.size && t.list.sizes[about.size]],
    [t.list.closeness, about.closeness && t.list.closenesses[about.closeness]],
    [t.list.offers, about.offers],
    [t.list.seeks, about.seeks],
  ];
  return rows.filter((row): row is [string, string] => !!row[1]);
}

/** What it is called in a list and at its head, from my side. */
export function headingOf(room: LiveRoom, c: Course): string {
  const other = sanOf(room, otherOf(c));
  if (refers(c)) return c.k === 'given' ? t.goen.referTo(other) : t.goen.referFrom(other);
  if (c.k === 'given') return c.behalf ? t.goen.fromSelf(other) : t.goen.to(other);
  return c.behalf ? t.goen.toBehalf(other) : c.own ? t.goen.fromSelf(other) : t.goen.from(other);
}

/** Whose need it answers. */
export function needOf(room: LiveRoom, c: Course): string {
  if (c.behalf) return c.k === 'given' ? t.goen.behalfYours : t.goen.behalfNeedOf(sanOf(room, c.from));
  return c.k === 'received' ? t.goen.yourNeed : t.goen.needOf(sanOf(room, c.to));
}

/** Whether one of the two is of a licensed profession, for whom a fee for an introduction is forbidden. */
export function licensed(room: LiveRoom, you: YouView, c: Course): boolean {
  return [you.card.trade, room.one('person', otherOf(c))?.trade, c.about?.trade].some((trade) => tradeOf(trade)?.l === 1);
}
