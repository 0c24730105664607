// A pair from one owner's side.
import { t } from '../i18n';
import type { LiveRoom } from '../live/room.svelte';
import type { PairView, Portrait } from '../protocol';
import { isHeld } from '../room/later.svelte';
import type { IconName } from '../ui/icons';
import { areaName, tradeName } from '../words/book.svelte';

/** The cards in one's hand, unanswered ones first, in an order that answers do not change. */
export function cards(room: LiveRoom): PairView[] {
  return room
    .all('pair')
    .filter((p) => p.step === 'suggested' && !isHeld(`pair/${p.id}`))
    .sort((a, b) => Number(a.yes ?? false) - Number(b.yes ?? false) || a.at - b.at || a.id.localeCompare(b.id));
}

/** Those that both owners wanted, newest change first. */
export function pairs(room: LiveRoom): PairView[] {
  return room
    .all('pair')
    .filter((p) => p.step !== 'suggested' && !isHeld(`leave/${p.id}`))
    .sort((a, b) => b.at - a.at);
}

export type Group = 'turn' | 'running' | 'joined' | 'over';

export function groupOfPair(p: PairView): Group {
  if (p.step === 'connected') return 'joined';
  if (p.step === 'ended' || p.step === 'revoked') return 'over';
  return p.link ? 'running' : 'turn';
}

export function stateOfPair(p: PairView): { text: string; icon: IconName; kind: 'plain' | 'turn' | 'joined' } {
  const s = t.pair.state;
  switch (groupOfPair(p)) {
    case 'turn':
      return { text: s.ask, icon: 'send', kind: 'turn' };
    case 'running':
      return { text: s.asking, icon: 'clock', kind: 'plain' };
    case 'joined':
      return { text: s.connected, icon: 'thread', kind: 'joined' };
  }
  return p.step === 'revoked' ? { text: s.revoked, icon: 'undo', kind: 'plain' } : { text: s.ended, icon: 'close', kind: 'plain' };
}

/** What one go-between tells of their acquaintance, as rows. */
export function portraitRows(p: Portrait | undefined): [string, string][] {
  if (!p) return [];
  const rows: [string, string | undefined][] = [
    [t.list.trade, tradeName(p.trade)],
    [t.list.area, p.area && areaName(p.area)],
    [t.list.size, p.size && t.list.sizes[p.size]],
    [t.list.closeness, p.closeness && t.list.closenesses[p.closeness]],
    [t.list.offers, p.offers],
    [t.list.seeks, p.seeks],
  ];
  return rows.filter((row): row is [string, string] => !!row[1]);
}
