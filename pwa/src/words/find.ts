// Finding trades and places in what somebody types. Pure: the names come in.
import type { Area, Trade } from '../trades';

/** One form for all ways of writing: width, case, kind of kana, spaces and middle dots do not count. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60))
    .replace(/[\s・,、]/g, '');
}

type Keys = { id: string; own: string[]; also: string[] };
const made = new WeakMap<readonly Trade[], Keys[]>();

function keysOf(trades: readonly Trade[]): Keys[] {
  let keys = made.get(trades);
  if (!keys) {
    keys = trades.map((trade) => ({
      id: trade.id,
      own: [...new Set([trade.ja, ...trade.ja.split('・'), trade.kana, ...trade.kana.split('・'), trade.en].map(fold))].filter((k) => k.length > 1),
      also: trade.t.map(fold).filter((k) => k.length > 1),
    }));
    made.set(trades, keys);
  }
  return keys;
}

/** The trades that a query may mean, best first: by their beginning, then in the middle, own names before other ones. */
export function findTrades(trades: readonly Trade[], query: string, max = 8): string[] {
  const q = fold(query);
  if (!q) return [];
  const fit = (key: string) => (key === q ? 0 : key.startsWith(q) ? 2 : q.length > 1 && key.includes(q) ? 4 : 9);
  return keysOf(trades)
    .map((k) => ({ id: k.id, rank: Math.min(9, ...k.own.map(fit), ...k.also.map((key) => fit(key) + 1)) }))
    .filter((k) => k.rank < 9)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, max)
    .map((k) => k.id);
}

export type Spot = { id: string; from: number; to: number };

/** The trades that a text speaks of, in its order; where two overlap, the longer name is meant. */
export function spotTrades(trades: readonly Trade[], text: string): Spot[] {
  const folded = fold(text);
  const found: Spot[] = [];
  for (const k of keysOf(trades)) {
    for (const key of [...k.own, ...k.also]) {
      const from = folded.indexOf(key);
      if (from < 0) continue;
      const to = from + key.length;
      if (/^[a-z]/.test(key) && (/[a-z]/.test(folded[to] ?? '') || /[a-z]/.test(folded[from - 1] ?? '')) && !spaced(text, key)) continue;
      found.push({ id: k.id, from, to });
    }
  }
  found.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  const kept: Spot[] = [];
  for (const spot of found) {
    if (kept.every((k) => k.id !== spot.id && (spot.to <= k.from || k.to <= spot.from))) kept.push(spot);
  }
  return kept.sort((a, b) => a.from - b.from);
}

// Folding has taken the spaces, so a Latin name is looked for once more as words.
function spaced(text: string, key: string): boolean {
  const words = text.normalize('NFKC').toLowerCase().split(/[^\p{L}\p{N}]+/u);
  for (let i = 0; i < words.length; i++) {
    let joined = '';
    for (let j = i; j < words.length && joined.length < key.length; j++) {
      joined += words[j];
      if (joined === key) return true;
    }
  }
  return false;
}

/** The place that a text is about, as we name it: 船橋市 for 船橋市, 船橋, ふなばし, Funabashi. A city before its prefecture. */
export function spotArea(areas: readonly Area[], text: string): string {
  const q = fold(text).replace(/(周辺|近く|近辺|あたり|方面|界隈)$/, '');
  if (!q) return '';
  let found: Area | undefined;
  for (const area of areas) {
    const [, , ja, kana, en] = area;
    const bare = fold(ja).replace(/(市|区|町|村|県|府|都|地方)$/, '');
    const read = fold(kana).replace(/(し|く|けん|ふ|と|ちほう)$/, '');
    const whole = [fold(ja), fold(kana), fold(en), fold(en).replace(/city$/, '')];
    if (whole.includes(q) || (q.length > 1 && (bare === q || read === q))) {
      // 千葉 is the prefecture before it is the city: the wider one is never wrong.
      if (!found || (q === fold(ja) && fold(found[2]) !== q)) found = area;
    }
  }
  if (found) return found[2];
  // 千葉県船橋市, 東京都新宿区の
  let best = '';
  for (const [, parent, ja] of areas) {
    if (parent !== '' && q.includes(fold(ja)) && (best === '' || q.indexOf(fold(ja)) > q.indexOf(fold(best)))) best = ja;
  }
  return best;
}
