// Development only: what 山本 (?mock=yamamoto) has on his list and under way, and what his commands do, roughly.
import type { AnyView, StreamName } from '../live/copy';

type Change = { in: StreamName; put?: Record<string, unknown>[]; drop?: string[] };
type Refusal = { code: string; field?: string; max?: number };

const blank = { reach: 'self', trade: '', area: '', size: '', offers: '', seeks: '', closeness: '', label: '', note: '' };

const behalf = { trade: 'manufacturing', area: '船橋市', size: '30-99' };

/** The stream me of p3. */
export function mineOf(now: number): AnyView[] {
  const entry = (id: string, words: Partial<typeof blank>) => ({ k: 'entry', id, ...blank, ...words });
  const min = 60_000;
  return [
    entry('e1', { trade: 'manufacturing', area: '船橋市', size: '30-99', label: 'ゴルフのTさん', closeness: 'often', offers: '精密部品の試作が早い' }),
    entry('e2', { trade: 'zeirishi', area: '千葉市', label: 'ゴルフのYさん', offers: '相続に強い', closeness: 'deals' }),
    entry('e3', { trade: 'restaurant', area: '千葉県', seeks: '跡を継ぐ人' }),
    entry('e4', { trade: 'construction', area: '習志野市', size: '2-9', label: '同級生の工務店' }),
    entry('e5', { trade: 'webdesign', area: '東京都' }),
    { k: 'mine', id: 'n3', at: now - 8 * min, offers: 1, who: '建設業許可を取りたい工務店', area: '千葉市', why: '', until: '', trade: '' },
    { k: 'suggestion', id: 's1', need: 'n1', entry: 'e1', why: [{ by: 'trade' }, { by: 'city' }, { by: 'size' }] },
    { k: 'suggestion', id: 's2', need: 'n2', entry: 'e3', why: [{ by: 'trade' }, { by: 'prefecture' }] },
    {
      ...{ k: 'received', id: 'i1', step: 'offered', at: now - 3 * min, need: 'n3', from: 'p5' },
      about: { trade: 'construction', area: '千葉市', size: '10-29', closeness: 'deals', line: '公共工事に出たいと話していました。' },
    },
    { ...{ k: 'received', id: 'i2', step: 'offered', at: now - 5 * min, need: 'n3', from: 'p6', own: true }, about: { trade: 'zeirishi', line: '許可の前に決算の形を整えられます。' } },
    {
      ...{ k: 'received', id: 'i3', step: 'asking', at: now - 9 * min, need: 'n3', from: 'p8', line: '許可の見通しをお伝えできます', due: now + 6 * 864e5 },
      about: { trade: 'renovation', area: '千葉市' },
    },
    {
      ...{ k: 'received', id: 'i4', step: 'connected', at: now - 15 * min, need: 'n3', from: 'p4', line: '許可の見通しをお伝えできます', givenAt: now - 15 * min },
      ...{ about: { trade: 'construction', area: '千葉市' }, contact: { name: '中川 隆', kana: 'ナカガワ タカシ', firm: '中川工務店', mail: 'nakagawa@example.jp', phone: '043-123-4567' } },
    },
    {
      ...{ k: 'given', id: 'g1', step: 'wanted', at: now - 2 * min, need: 'n4', entry: 'e2', to: 'p7' },
      ...{ about: { trade: 'zeirishi', area: '千葉市' }, asker: { name: 'Emily Carter', firm: 'Carter Translation', line: 'I would like to help with English contracts', pitch: false, gives: ['mail'] } },
    },
    {
      ...{ k: 'given', id: 'g2', step: 'asking', at: now - 20 * min, need: 'n6', entry: 'e3', to: 'p8', due: now + 6 * 864e5, link: 'q7Yb2cVn0aXw5rTk9mLpZg' },
      ...{ about: { trade: 'restaurant', area: '千葉県' }, asker: { name: '渡辺 さくら', firm: 'わたなべデザイン', line: 'お店の顔を一緒につくりたいです', pitch: true, gives: ['mail', 'phone'] } },
    },
    { k: 'given', id: 'g3', step: 'offered', at: now - 30 * min, need: 'n5', entry: 'e4', to: 'p5', about: { trade: 'construction', area: '習志野市' } },
    { k: 'given', id: 'g4', step: 'connected', at: now - 40 * min, need: 'n6', entry: 'e5', to: 'p8', name: '伊藤 真理', givenAt: now - 40 * min, about: { trade: 'webdesign', area: '東京都' } },
    {
      ...{ k: 'received', id: 'i7', step: 'met', at: now - 16 * min, need: 'n3', from: 'p6', line: '許可の見通しをお伝えできます', givenAt: now - 16 * min, metOn: now - 864e5 },
      ...{ about: { trade: 'construction', area: '市川市' }, contact: { name: '小川 進', firm: '小川建設', phone: '047-322-1234' }, attested: { how: 'face', on: now - 2 * 864e5 } },
    },
    { k: 'mine', id: 'n7', at: now - 7 * min, offers: 1, who: '相続に強い税理士', area: '千葉県', why: '親の会社を継ぐことになりました', until: '', trade: 'zeirishi', behalf },
    { k: 'mine', id: 'n8', at: now - min, offers: 0, held: true, who: '会計ソフトに詳しい方', area: '', why: '', until: '', trade: '' },
    {
      ...{ k: 'given', id: 'g5', step: 'offered', behalf: true, at: now - 4 * min, need: 'n7', to: 'p6', about: behalf },
      asker: { name: '鈴木 花子', firm: '鈴木税理士事務所', line: '事業承継の税金を年に20件ほど見ています', pitch: true, gives: ['mail'] },
    },
    {
      ...{ k: 'given', id: 'g6', step: 'asking', direct: true, at: now - 25 * min, need: 'n4', entry: 'e2', to: 'p7', due: now + 6 * 864e5, about: { trade: 'zeirishi', area: '千葉市' } },
      asker: { name: 'Emily Carter', firm: 'Carter Translation', line: 'I would like to help with English contracts', pitch: false, gives: ['mail'] },
    },
    {
      ...{ k: 'given', id: 'g7', step: 'closed', at: now - 45 * min, need: 'n6', entry: 'e5', to: 'p4', name: '森 あゆみ', givenAt: now - 50 * min, about: { trade: 'webdesign', area: '東京都' } },
      ...{ metOn: now - 864e5, outcome: 'engaged', thanks: '同じ目線で相談にのってくださる方でした。ありがとうございました。', public: true, shown: false },
    },
    { k: 'received', id: 'i8', step: 'offered', behalf: true, at: now - 6 * min, need: 'n10', from: 'p5', line: '相続登記とあわせてお手伝いできます', about: { trade: 'realestate', area: '習志野市', size: '2-9' } },
    { k: 'received', id: 'i5', step: 'ended', at: now - 50 * min, need: 'n3', from: 'p6' },
    { k: 'received', id: 'i6', step: 'revoked', at: now - 60 * min, need: 'n3', from: 'p2' },
  ] as unknown as AnyView[];
}

let made = 0;

/** What a command changes, or why not. `find` reads a view of a stream. */
export function attend(
  name: string,
  a: Record<string, unknown>,
  find: (stream: StreamName, id: string) => Record<string, unknown> | undefined,
  now: number,
): Change[] | Refusal {
  const id = `x${++made}`;
  const text = ['who', 'why', 'line', 'offers', 'seeks', 'label', 'note'].find((f) => /\d{2,4}-\d{2,4}-\d{3,4}|@/.test(String(a[f] ?? '')));
  if (text && name !== 'card.change') return { code: 'text.contact', field: text };
  switch (name) {
    case 'entry.add':
      return [{ in: 'me', put: [{ k: 'entry', id, reach: 'self', ...a }] }];
    case 'entry.change': {
      const { entry, ...words } = a;
      return [{ in: 'me', put: [{ ...find('me', String(entry)), ...words }] }];
    }
    case 'entry.reach':
      return [{ in: 'me', put: [{ ...find('me', String(a.entry)), reach: a.reach, words: a.words }] }];
    case 'board.ask':
      return [{ in: 'me', put: [{ k: 'asked', id, need: a.need, board: a.board, owner: find('room', String(a.board))?.owner, by: 'p3', at: now, due: now + 3 * 864e5 }] }];
    case 'plea.pass':
      return [{ in: 'me', drop: [String(a.plea)] }];
    case 'entry.drop':
      return [{ in: 'me', drop: [String(a.entry)] }];
    case 'need.post':
      return [
        { in: 'me', put: [{ k: 'mine', id, at: now, offers: 0, ...a }] },
        { in: 'room', put: [{ k: 'need', id, by: 'p3', at: now, offers: 0, ...a }] },
      ];
    case 'need.edit':
    case 'need.close': {
      const { need, ...words } = a;
      const change = name === 'need.close' ? { closed: true } : words;
      return [
        { in: 'me', put: [{ ...find('me', String(need)), ...change }] },
        { in: 'room', put: [{ ...find('room', String(need)), ...change }] },
      ];
    }
    case 'suggestion.dismiss':
      return [{ in: 'me', drop: [String(a.suggestion)] }];
    case 'offer.make':
    case 'offer.self': {
      const need = find('room', String(a.need));
      const entry = find('me', String(a.entry)) ?? {};
      const about = { trade: entry.trade, area: entry.area, size: entry.size, closeness: entry.closeness, line: a.line };
      return [
        { in: 'me', put: [{ k: 'given', id, step: 'offered', at: now, need: a.need, entry: a.entry, to: need?.by, own: name === 'offer.self', about }], drop: ['s1'] },
        { in: 'room', put: [{ ...need, offers: Number(need?.offers) + 1 }] },
      ];
    }
    case 'offer.want': {
      const c = find('me', String(a.introduction)) ?? {};
      const joined = { step: 'connected', contact: { name: '鈴木 花子', firm: '鈴木税理士事務所', mail: 'suzuki@example.jp' }, givenAt: now };
      return [{ in: 'me', put: [{ ...c, at: now, line: a.line, ...(c.own ? joined : { step: 'wanted' }) }] }];
    }
    case 'introduction.met':
      return [{ in: 'me', put: [{ ...find('me', String(a.introduction)), step: 'met', metOn: a.on }] }];
    case 'introduction.close': {
      const { introduction, ...report } = a;
      return [{ in: 'me', put: [{ ...find('me', String(introduction)), step: 'closed', ...report }] }];
    }
    case 'introduction.thank':
      return [{ in: 'me', put: [{ ...find('me', String(a.introduction)), shown: a.public }] }];
    case 'introduction.attest':
      return [{ in: 'me', put: [{ ...find('me', String(a.introduction)), step: 'connected', name: a.name, givenAt: now, link: 'q7Yb2cVn0aXw5rTk9mLpZg', attested: { how: a.how, on: a.on } }] }];
    case 'introduction.ask': {
      const c = find('me', String(a.introduction));
      return [{ in: 'me', put: [{ ...c, step: 'asking', at: now, due: now + Number(a.days) * 864e5, ...(a.direct ? { direct: true } : { link: 'q7Yb2cVn0aXw5rTk9mLpZg' }) }] }];
    }
    case 'introduction.leave':
    case 'introduction.revoke': {
      const { contact: _, about: __, ...c } = find('me', String(a.introduction)) ?? {};
      return [{ in: 'me', put: [{ ...c, at: now, ...(name === 'introduction.leave' ? { step: 'ended', left: true } : { step: 'revoked' }) }] }];
    }
    case 'card.change':
      return [{ in: 'me', put: [{ ...find('me', 'p3'), card: a.card }] }];
  }
  return [];
}
