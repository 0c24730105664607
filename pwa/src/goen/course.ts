// What an introduction looks like from one's own side: received or given, in one form.
import { t } from '../i18n';
import type { LiveRoom } from '../live/room.svelte';
import type { About, GivenView, ReceivedView } from '../protocol';
import { isHeld } from '../room/later.svelte';
import { nameOf } from '../room/people';
import type { IconName } from '../ui/icons';
import { areaName, tradeName } from '../words/book.svelte';

export type Course = ReceivedView | GivenView;
export type Group = 'turn' | 'running' | 'joined' | 'over';

export const groups: readonly Group[] = ['turn', 'running', 'joined', 'over'];

/** It is I who can bring it further. */
export function myTurn(c: Course): boolean {
  return c.k === 'received' ? c.step === 'offered' : c.step === 'wanted' && !c.own;
}

export function groupOf(c: Course): Group {
  if (c.step === 'connected') return 'joined';
  if (c.step === 'ended' || c.step === 'revoked') return 'over';
  return myTurn(c) ? 'turn' : 'running';
}

/** All of mine, newest change first; what was just left is not among them. */
export function courses(room: LiveRoom): Course[] {
  return [...room.all('received'), ...room.all('given')].filter((c) => !isHeld(`leave/${c.id}`)).sort((a, b) => b.at - a.at);
}

/** How many wait for me. */
export function turns(room: LiveRoom): number {
  return courses(room).filter(myTurn).length;
}

/** The other attendee: who introduces, or who receives. */
export function otherOf(c: Course): string {
  return c.k === 'received' ? c.from : c.to;
}

export function stepsOf(c: Course): string[] {
  return c.own ? [t.goen.step.offered, t.goen.step.connected] : [t.goen.step.offered, t.goen.step.wanted, c.step === 'asking' ? t.goen.step.asking : t.goen.step.ask, t.goen.step.connected];
}

/** How many knots of the thread are done; 0 when it came to nothing. */
export function doneOf(c: Course): number {
  const at = ['offered', 'wanted', 'asking', 'connected'].indexOf(c.step) + 1;
  return c.own && at > 1 ? 2 : at;
}

/** The same for the line with names: 確認中 is where it is, not what is done. */
export function knotOf(c: Course): number {
  return c.step === 'asking' ? 2 : doneOf(c);
}

/** Where it stands, in a word or two. */
export function stateOf(c: Course): { text: string; icon: IconName; kind: 'plain' | 'turn' | 'joined' | 'done' } {
  const s = t.goen.state;
  switch (c.step) {
    case 'offered':
      return c.k === 'received' ? { text: s.answer, icon: 'thread', kind: 'turn' } : { text: s.waitsAnswer, icon: 'clock', kind: 'plain' };
    case 'wanted':
      return c.k === 'given' ? { text: s.ask, icon: 'send', kind: 'turn' } : { text: s.waitsAsk, icon: 'clock', kind: 'plain' };
    case 'asking':
      return { text: s.asking, icon: 'clock', kind: 'plain' };
    case 'connected':
      return { text: s.connected, icon: 'thread', kind: 'joined' };
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
  ];
  return rows.filter((row): row is [string, string] => !!row[1]);
}
