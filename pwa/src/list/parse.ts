// One line about an acquaintance: 「ゴルフのYさん 税理士 船橋市 30名 相続に強い」. What is not understood becomes what this person can do.
import type { Area, Trade } from '../trades';
import { spotArea, spotTrades } from '../words/find';

export type EntryWords = {
  trade: string;
  area: string;
  size: string;
  offers: string;
  seeks: string;
  closeness: string;
  label: string;
  note: string;
};

export const blank: EntryWords = { trade: '', area: '', size: '', offers: '', seeks: '', closeness: '', label: '', note: '' };

/** The bands of the protocol. */
export const sizes = ['1', '2-9', '10-29', '30-99', '100+'] as const;
export const closenesses = ['often', 'deals', 'acquainted'] as const;

export function band(people: number): string {
  return people <= 0 ? '' : people === 1 ? '1' : people < 10 ? '2-9' : people < 30 ? '10-29' : people < 100 ? '30-99' : '100+';
}

const honorific = /(さん|ちゃん|くん|君|様|さま|氏|先生|社長|会長|専務|部長|店長|院長)$/;
const seeking = /(を探して(い?る|います)?|を?募集(中)?|が?(欲しい|ほしい|必要)|を求(む|めて(い?る)?)|に困って(い?る|います)?|で悩んで(い?る|います)?|^求む.+|したい)$/;

function people(token: string): number {
  const t = token.normalize('NFKC');
  const m =
    /^(?:従業員|社員|スタッフ|職員)?(?:数)?(?:約|およそ)?([0-9]{1,5})(?:[~〜-][0-9]{1,5})?(?:名|人)(?:前後|くらい|ぐらい|程度|ほど|規模|以上)?$/.exec(t) ??
    /^(?:従業員|社員|スタッフ)(?:数)?([0-9]{1,5})$/.exec(t) ??
    /^~?([0-9]{1,5})(?:people|staff|employees|ppl)$/i.exec(t);
  return m ? Number(m[1]) : 0;
}

function closenessOf(token: string): string {
  if (/^(よく会う|よく会います|仲良し|親しい|親友|close|often)$/i.test(token)) return 'often';
  if (/^(取引あり|取引先|お客様|お客さま|顧客|仕入先|client|customer|deals)$/i.test(token)) return 'deals';
  if (/^(面識あり|顔見知り|知人|acquainted|acquaintance)$/i.test(token)) return 'acquainted';
  return '';
}

/** Reads one line. Without a trade it is not an entry yet. */
export function parse(line: string, trades: readonly Trade[], areas: readonly Area[]): EntryWords {
  const entry = { ...blank };
  const rest: string[] = [];
  // "30 people" is one thing, and so is "tax accountant".
  const text = line.normalize('NFC').replace(/(\d)\s+(people|staff|employees|ppl)\b/gi, '$1$2').trim();
  const latin = !/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text);
  const tokens = text.split(latin ? /\s*[,;/]\s*|\s{2,}/ : /[\s、,，;；/／。]+/).filter(Boolean);

  for (const [i, token] of tokens.entries()) {
    const n = people(token);
    const close = closenessOf(token);
    if (!entry.size && n > 0) entry.size = band(n);
    else if (!entry.closeness && close) entry.closeness = close;
    else if (!entry.seeks && seeking.test(token)) entry.seeks = cut(token.replace(/^求む[:：]?/, ''), 80);
    else if (!entry.label && (honorific.test(token) || (latin && i === 0 && /'s|\bfrom\b|\bof\b/i.test(token) && tokens.length > 1))) {
      entry.label = cut(token, 20);
      entry.trade ||= spotTrades(trades, token)[0]?.id ?? '';
    } else if (!entry.area && spotArea(areas, token) && token.length <= 12) entry.area = spotArea(areas, token);
    else if (!entry.trade && meansTrade(token, trades)) entry.trade = meansTrade(token, trades);
    else rest.push(token);
  }

  // 「相続に強い税理士」: the trade stands inside what this person can do.
  if (!entry.trade) entry.trade = spotTrades(trades, rest.join(' '))[0]?.id ?? '';
  if (!entry.area) {
    const named = rest.find((token) => /[都道府県市区町村]/.test(token) && spotArea(areas, token));
    if (named) entry.area = spotArea(areas, named);
  }
  entry.offers = cut(rest.join(latin ? ', ' : ' '), 80);
  return entry;
}

/** The trade, if the word is nothing more than that: 税理士, 税理士さん, 会計事務所. */
function meansTrade(token: string, trades: readonly Trade[]): string {
  const spots = spotTrades(trades, token);
  const first = spots[0];
  if (!first) return '';
  const extra = token.replace(/(の方|屋さん|会社|業|系|関係)$/, '').length - (first.to - first.from);
  return spots.length === 1 && extra <= 2 ? first.id : '';
}

function cut(text: string, max: number): string {
  return [...text].slice(0, max).join('');
}
