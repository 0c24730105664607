// Development only, never in the build: a server of one evening that lives in the page, to look at the screens. Open any page with
// ?mock=guest, yamamoto, host, lobby, screen, new or none; it stays for the tab until ?mock=off.
import type { AnyView, StreamName } from '../live/copy';
import type { Card, Commands } from '../protocol';
import { attend, mineOf } from './attendee';

const EVENT = 'E12';
const at = (hhmm: string) => Date.parse(`2027-01-21T${hhmm}:00+09:00`);
const NOW = at('19:48');
const setting = { title: '第12回 船橋ご縁交流会', place: '船橋商工会議所 3階', startsAt: at('19:00'), endsAt: at('21:00'), zone: 'Asia/Tokyo' };
const card = (name: string, kana: string, firm: string, trade: string, line = '', more: Partial<Card> = {}): Card => ({
  ...{ name, kana, firm, trade, line, topics: [], homepage: '', mail: '', phone: '', offers: '', seeks: '', photo: '' },
  ...{ toRoom: false, onScreen: true, newsOK: false },
  ...more,
});

const cards: Record<string, Card> = {
  p1: card('小林 恵', 'コバヤシ メグミ', 'ふなばし異業種会', 'consulting', '会場でお困りのことは、私まで', { mail: 'kobayashi@example.jp' }),
  p2: card('大野 正', 'オオノ タダシ', 'ふなばし信用組合 融資課長', 'bank', '創業融資といえば私'),
  p3: card('山本 健一', 'ヤマモト ケンイチ', '行政書士やまもと事務所', 'gyoseishoshi', '建設業許可といえば私', { topics: ['ゴルフ', '落語'] }),
  p4: card('佐藤 由美', 'サトウ ユミ', '社会保険労務士法人みどり', 'sharoshi', '就業規則を、もめない形に', { mail: 'yumi@example.jp', phone: '047-123-4567' }),
  p5: card('高橋 大輔', 'タカハシ ダイスケ', 'たかはし塗装', 'painting', '外壁のことなら'),
  p6: card('鈴木 花子', 'スズキ ハナコ', '鈴木税理士事務所', 'zeirishi', '相続に強い税理士です'),
  p7: card('Emily Carter', '', 'Carter Translation', 'translation', 'Contracts in English, explained'),
  p8: card('渡辺 さくら', 'ワタナベ サクラ', 'わたなべデザイン', 'webdesign', 'お店の顔をつくります', { onScreen: false }),
};
const need = (who: string, area = '', why = '', until = '', trade = '') => ({ who, area, why, until, trade });
const needs: [id: string, by: string, minutes: number, offers: number, words: ReturnType<typeof need>][] = [
  ['n1', 'p4', 11, 2, need('従業員30名前後の製造業の社長', '船橋市周辺', '就業規則の相談に乗れます')],
  ['n2', 'p6', 9, 0, need('事業承継を考えている飲食店のオーナー', '千葉県', '税金の見通しを一緒に立てられます', '年内')],
  ['n3', 'p3', 8, 1, need('建設業許可を取りたい工務店', '千葉市')],
  ['n4', 'p7', 6, 0, need('英語の契約書で困っている会社', '', 'First page free of charge')],
  ['n5', 'p5', 5, 0, need('築20年くらいのマンションの管理組合', '習志野市')],
  ['n6', 'p8', 2, 1, need('ホームページを作り直したいお店', '船橋市')],
];
const onBehalf = { ...need('空き家の活用に詳しい方', '習志野市', '親の家が空いたままで困っています'), behalf: { trade: 'realestate', area: '習志野市', size: '2-9' } };
const bars = [
  ...[{ group: 'licensed', supply: 11, demand: 2 }, { group: 'licensed', trade: 'zeirishi', supply: 4, demand: 1 }, { group: 'licensed', trade: 'gyoseishoshi', supply: 3, demand: 0 }],
  ...[{ group: 'make', supply: 1, demand: 4 }, { group: 'make', trade: 'metalwork', supply: 1, demand: 4 }, { group: 'build', supply: 3, demand: 3 }],
  ...[{ group: 'food', supply: 2, demand: 3 }, { group: 'it', supply: 2, demand: 0 }, { group: 'create', supply: 2, demand: 1 }, { group: 'money', supply: 1, demand: 0 }],
];
const news = '19:50 から自己紹介の2周目です。\n飲み物は右奥のテーブルにあります。';
const sums = { met: 2, present: 23, needs: 12, offers: 41, asking: 18, connected: 5 };

function fixtures(who: string): Partial<Record<StreamName, AnyView[]>> {
  const host = who === 'host';
  const you: AnyView = {
    ...{ k: 'you', id: host ? 'p1' : who === 'lobby' ? 'p9' : 'p4', standing: who === 'lobby' ? 'lobby' : 'present', host, number: 47 },
    ...{ card: host ? cards.p1 : cards.p4, given: 3, received: 1, title: setting.title },
  } as AnyView;
  if (who === 'lobby') return { me: [you] };
  const door = { doors: 'approve', code: '7K2M-Q9XD', secret: 'r3Qm0aVb2dYw8kPz1sLtFg' };
  if (who === 'screen') {
    return {
      wall: [
        { k: 'stage', id: 'event', ...setting, phase: 'needs', status: 'open', ...door },
        { k: 'tally', id: 'tally', ...sums },
        { k: 'bars', id: 'balance', bars },
        ...Object.entries(cards).map(([id, c]) => ({ k: 'face', id, name: c.name })),
        ...needs.map(([id, , m, offers, words]) => ({ k: 'line', id, at: NOW - m * 60_000, offers, ...words, ...(id === 'n4' ? { pinned: true } : {}) })),
        { k: 'line', id: 'n10', at: NOW - 3e5, offers: 1, ...onBehalf },
        { k: 'notice', id: 'a1', at: NOW - 2e5, text: news },
        { k: 'thanks', id: 'c9', line: '同じ目線で相談にのってくださる方でした。ありがとうございました。' },
      ] as AnyView[],
    };
  }
  const room = [
    { k: 'event', id: 'event', ...setting, note: '会費 2,000円。名刺を10枚ほどお持ちください。', days: 90, phase: 'needs', status: 'open', attest: 'on', approval: true },
    ...Object.entries(cards).map(([id, { mail, phone, toRoom, onScreen, ...c }]) => ({ k: 'person', id, host: id === 'p1', ...c })),
    ...needs.map(([id, by, m, offers, words]) => ({ k: 'need', id, by, at: NOW - m * 60_000, offers, ...words, ...(id === 'n4' ? { pinned: true } : {}) })),
    { k: 'need', id: 'n10', by: 'p5', at: NOW - 3e5, offers: 0, ...onBehalf },
    { k: 'announcement', id: 'a1', at: NOW - 2e5, text: news },
  ] as AnyView[];
  if (who === 'yamamoto') {
    return { room, me: [{ ...you, id: 'p3', card: cards.p3, given: 3, received: 1 } as AnyView, ...mineOf(NOW)] };
  }
  const me: AnyView[] = [you];
  if (!host) {
    const [id, , m, offers, words] = needs[0] as (typeof needs)[number];
    me.push({ k: 'mine', id, at: NOW - m * 60_000, offers, ...words } as AnyView);
    return { room, me };
  }
  const guest = (id: string, c: Card, standing: string, number: number) => ({ k: 'guest', id, standing, number, joinedAt: NOW - 3e6, ...c, host: id === 'p1' });
  const desk = [
    { k: 'doors', id: 'event', ...door },
    { k: 'sums', id: 'tally', waiting: 2, wanted: 22, ...sums },
    { k: 'balance', id: 'balance', bars },
    ...Object.entries(cards).map(([id, c], i) => guest(id, c, 'present', 20 + i * 7)),
    guest('w1', card('中川 隆', 'ナカガワ タカシ', '中川工務店', 'construction'), 'lobby', 47),
    guest('w2', card('Nguyen Thi Lan', '', '', 'restaurant'), 'lobby', 82),
    ...needs.map(([id, by, m, offers, words]) => ({ k: 'watch', id, by, at: NOW - m * 60_000, offers, ...words })),
    { k: 'watch', id: 'n10', by: 'p5', at: NOW - 3e5, offers: 0, ...onBehalf },
    { k: 'watch', id: 'n11', by: 'p8', at: NOW - 6e4, offers: 0, held: true, ...need('会計ソフトに詳しい方', '船橋市', '自分で帳簿をつけています') },
    { k: 'watch', id: 'n9', by: 'p8', at: NOW - 4e5, offers: 0, hidden: true, ...need('権利収入に興味ある方、すごい人に会わせます') },
    { k: 'course', id: 'c1', step: 'connected', at: NOW - 6e4, from: 'p3', to: 'p4', trade: 'metalwork' },
    { k: 'course', id: 'c2', step: 'asking', at: NOW - 3e5, from: 'p4', to: 'p6', trade: 'restaurant' },
    { k: 'course', id: 'c3', step: 'offered', at: NOW - 5e5, from: 'p5', to: 'p3', trade: 'construction' },
    { k: 'course', id: 'c4', step: 'wanted', at: NOW - 9e5, from: 'p6', to: 'p8', own: true, trade: 'zeirishi' },
    { k: 'course', id: 'c5', step: 'ended', at: NOW - 2e6, from: 'p2', to: 'p5', trade: 'bank' },
  ] as AnyView[];
  return { room, me, desk };
}

/** One socket of the play. It keeps the streams, and answers commands as the server would, roughly. */
class Play extends EventTarget {
  static readonly OPEN = 1;
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  #streams = new Map(Object.entries(fixtures(who())).map(([name, views]) => [name, { seq: 1, views: new Map(views.map((v) => [v.id, v])) }]));

  constructor() {
    super();
    setTimeout(() => this.onopen?.(), 30);
    Object.assign(window, { play: this });
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  put(stream: string, id: string, change: Record<string, unknown>): void {
    const s = this.#streams.get(stream);
    const view = s?.views.get(id);
    if (!s || !view) return;
    const next = { ...view, ...change } as AnyView;
    s.views.set(id, next);
    this.say({ t: 'view', in: stream, after: s.seq, seq: ++s.seq, put: [next] });
  }

  send(text: string): void {
    const m = JSON.parse(text);
    setTimeout(() => {
      if (m.t === 'hello') {
        this.say({ t: 'hello', v: 1, epoch: `play.${Date.now()}`, you: 'p', streams: [...this.#streams.keys()], build: '', now: NOW });
        for (const [name, s] of this.#streams) this.say({ t: 'view', in: name, full: true, seq: s.seq, put: [...s.views.values()] });
        this.say({ t: 'here', n: 21 });
      }
      if (m.t === 'ping') this.say({ t: 'pong' });
      if (m.t === 'do') this.#do(m.name, m.args, m.op);
    }, 60);
  }

  #do<N extends keyof Commands>(name: N, args: Commands[N], op: string): void {
    const a = args as Record<string, never>;
    if (name === 'phase.set') this.put('room', 'event', { phase: a.phase });
    if (name === 'round.start') this.put('room', 'event', { round: { group: a.group, trade: a.trade || undefined, until: NOW + 600_000 } });
    if (name === 'round.end') this.put('room', 'event', { round: undefined });
    if (name === 'event.close') this.put('room', 'event', { status: 'closed' });
    if (name === 'doors.set') this.put('desk', 'event', { doors: a.doors });
    if (name === 'attendee.admit') this.put('desk', String(a.attendee), { standing: 'present' });
    if (name === 'attendee.remove') this.put('desk', String(a.attendee), { standing: 'removed' });
    if (name === 'need.pin') this.put('desk', String(a.need), { pinned: a.pinned });
    if (name === 'call.make') this.put('desk', String(a.need), { calledAt: Date.now() });
    if (name === 'need.approve') this.put('desk', String(a.need), { held: false });
    if (name === 'approval.set') this.put('room', 'event', { approval: a.on });
    if (name === 'embedding.set') this.put('room', 'event', { embeds: a.on ? 'vectors.example.jp' : undefined });
    if (name === 'attest.set') this.put('room', 'event', { attest: a.attest });
    if (name === 'need.hide') this.put('desk', String(a.need), { hidden: a.hidden });
    if (who() === 'yamamoto') {
      const done = attend(name, a, (stream, id) => this.#streams.get(stream)?.views.get(id) as Record<string, unknown> | undefined, Date.now());
      if (!Array.isArray(done)) {
        this.say({ t: 'no', op, ...done });
        return;
      }
      for (const change of done) this.change(change.in, change.put ?? [], change.drop ?? []);
    }
    this.say({ t: 'ack', op });
  }

  change(stream: string, put: Record<string, unknown>[], drop: string[] = []): void {
    const s = this.#streams.get(stream);
    if (!s) return;
    for (const view of put) s.views.set(String(view.id), view as AnyView);
    for (const id of drop) s.views.delete(id);
    this.say({ t: 'view', in: stream, after: s.seq, seq: ++s.seq, put, drop });
  }

  close(): void {
    this.readyState = 3;
  }
}

function who(): string {
  return sessionStorage.getItem('goen.mock') ?? '';
}

function answer(path: string, body: Record<string, string>): [number, unknown] {
  const event = { id: EVENT, ...setting, status: 'open', standing: 'present', host: who() === 'host' };
  const past = { ...event, id: 'E11', title: '第11回 船橋ご縁交流会', startsAt: at('19:00') - 28 * 864e5, endsAt: at('21:00') - 28 * 864e5, status: 'closed' };
  switch (path.split('?')[0]) {
    case '/api/me':
      if (who() === 'none' || who() === 'new') return [200, { host: false, events: [], build: '' }];
      return [200, { host: who() === 'host', events: who() === 'screen' ? [] : [event, past], ...(who() === 'screen' ? { screen: EVENT } : {}), build: '' }];
    case '/api/lobby':
      if (body.code && body.code !== '7K2M-Q9XD' && body.code !== '7K2MQ9XD') return [404, { code: 'code.unknown' }];
      return [200, { event: EVENT, ...setting, note: '会費 2,000円。名刺を10枚ほどお持ちください。', days: 90, host: '小林 恵', word: 'あさがお', doors: 'approve', standing: '' }];
    case '/api/join':
      sessionStorage.setItem('goen.mock', 'lobby');
      return [200, { event: EVENT, standing: 'lobby' }];
    case '/api/events':
      sessionStorage.setItem('goen.mock', 'host');
      return [200, { event: EVENT }];
    case '/api/screen':
      return [200, { code: '4T7P-28', until: NOW + 3e5 }];
    case '/api/host':
      return [body.secret === 'used' ? 410 : 200, body.secret === 'used' ? { code: 'link.used' } : {}];
  }
  return [200, {}];
}

export function install(): void {
  const asked = new URLSearchParams(location.search).get('mock');
  if (asked) sessionStorage.setItem('goen.mock', asked);
  if (who() === '' || who() === 'off') return;
  window.WebSocket = Play as unknown as typeof WebSocket;
  const real = window.fetch;
  window.fetch = async (input, init) => {
    const path = String(input instanceof Request ? input.url : input);
    if (!path.startsWith('/api/')) return real(input, init);
    await new Promise((r) => setTimeout(r, 120));
    const [status, said] = answer(path, typeof init?.body === 'string' ? JSON.parse(init.body) : {});
    return new Response(JSON.stringify(said), { status, headers: { 'Content-Type': 'application/json' } });
  };
  // The evening goes on from 19:48.
  const begun = Date.now();
  const clock = Date.now;
  Date.now = () => NOW + clock() - begun;
}
