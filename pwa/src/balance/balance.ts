// The balance of the room: who is here and what is asked for, by trade. It comes from cards and from needs that everybody sees.
import type { Bar } from '../protocol';

/** few: hardly anybody asks for those who are here. many: more ask than are here. */
export type Lean = 'few' | 'many' | 'even';

export function leanOf(b: Pick<Bar, 'supply' | 'demand'>): Lean {
  if (b.demand > b.supply) return 'many';
  return b.supply > 2 * b.demand ? 'few' : 'even';
}

/** Whole groups, the most uneven first; the one of the round that goes on before all. */
export function groupsOf(bars: readonly Bar[], first?: { group: string; trade?: string }): Bar[] {
  const asked = (b: Bar) => Number(!!first && b.group === first.group && b.trade === first.trade);
  return bars
    .filter((b) => !b.trade || asked(b))
    .sort((a, b) => asked(b) - asked(a) || Math.abs(b.supply - b.demand) - Math.abs(a.supply - a.demand) || b.supply + b.demand - a.supply - a.demand);
}

/** The trades of a group, most people first. */
export function tradesOf(bars: readonly Bar[], group: string): Bar[] {
  return bars.filter((b) => b.trade && b.group === group).sort((a, b) => b.supply - a.supply || b.demand - a.demand);
}

/** How long the longest bar is. */
export function mostOf(bars: readonly Bar[]): number {
  return Math.max(1, ...bars.flatMap((b) => [b.supply, b.demand]));
}

const HEAD = 2.9;

/** How many bars fit on the screen, in the unit of its style sheet: six at the most. A long name takes two lines. */
export function barsThatFit(room: number, long = false): number {
  return Math.min(6, Math.max(1, Math.floor((room - HEAD) / (long ? 6.7 : 5.1))));
}
