import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { comeIn, device, doorLink, listen, openEvening, post, type Device } from './guests';
import { openHouse, type House } from './house';

// Every screen in Japanese and English, light and dark, on three sizes: no complaint of the console, no violation found by axe, no sideways
// scroll. With LOOKS=folder it also leaves a picture of each there.

const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');
const pictures = process.env.LOOKS;
if (pictures) mkdirSync(pictures, { recursive: true });

type Role = 'host' | 'wall' | 'sato' | 'yamamoto' | 'emily' | 'waiting' | 'stranger';
type State = Awaited<ReturnType<BrowserContext['storageState']>>;

let house: House;
let event = '';
let consent = '';
let behalf = '';
let attested = '';
let link = '';
const state: Partial<Record<Role, State>> = {};
const ids: Record<string, string> = {};

test.use({ actionTimeout: 10_000 });

// An evening with something of everything in it.
test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  house = await openHouse();
  const host = await device(browser);
  event = await openEvening(host.page, house.hostLink, 'だれでも');
  link = await doorLink(host);
  const wall = await device(browser);
  await wall.page.goto(`${house.url}/screen`);
  const code = wall.page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await host.page.getByRole('tab', { name: 'スクリーン' }).click();
  await host.page.getByLabel('スクリーンの番号').fill(await code.innerText());
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page.getByText('1人が参加中')).toBeVisible();

  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', firm: '社会保険労務士法人みどり', trade: '社会保険労務士', mail: 'sato@example.jp' });
  const yamamoto = await device(browser);
  await comeIn(yamamoto.page, link, { name: '山本 健一', kana: 'ヤマモト ケンイチ', firm: '行政書士やまもと事務所', trade: '行政書士', mail: 'y@example.jp' });
  await yamamoto.page.goto(`${house.url}/e/${event}/list`);
  for (const line of ['ゴルフのTさん 製造業 船橋市 30名', '税理士 千葉市 相続に強い', '工務店 市川市']) {
    await yamamoto.page.getByLabel('一行で足す').fill(line);
    await yamamoto.page.getByLabel('一行で足す').press('Enter');
  }
  await expect(yamamoto.page.getByText('3人・自分だけに見えます')).toBeVisible();
  await post(sato.page, { who: '従業員30名前後の製造業の社長', area: '船橋市周辺', why: '就業規則の相談に乗れます' });
  await post(sato.page, { who: '相続に強い税理士', area: '千葉県' });
  await yamamoto.page.goto(`${house.url}/e/${event}`);
  await expect(yamamoto.page.getByText(/お役に立てるかもしれません/).first()).toBeVisible();
  await yamamoto.page.getByRole('button', { name: /^見る/ }).first().click();
  await yamamoto.page.getByRole('dialog').getByRole('button', { name: '申し出る' }).click();
  await sato.page.goto(`${house.url}/e/${event}/goen`);
  await sato.page.getByText('山本 健一さんからの申し出').first().click();
  await expect(sato.page).toHaveURL(/goen\/./);
  ids.introduction = sato.page.url().split('/').pop()!;
  await sato.page.getByRole('button', { name: 'ぜひお願いします' }).click();
  const want = sato.page.getByRole('dialog');
  await want.getByLabel('お会いしたい理由を一言で').fill('お役に立てそうです');
  await want.getByRole('radio', { name: 'いいえ' }).check();
  await want.getByRole('checkbox', { name: /メール/ }).check();
  await want.getByRole('button', { name: 'お願いする' }).click();
  await yamamoto.page.goto(`${house.url}/e/${event}/goen/${ids.introduction}`);
  await yamamoto.page.getByRole('button', { name: '確認ページのリンクを作る' }).click();
  consent = /http\S+\/c\/\S+/.exec(await yamamoto.page.getByLabel('ご本人への文面').inputValue())![0];
  await sato.page.goto(`${house.url}/e/${event}/people`);
  await sato.page.getByText('山本 健一').first().click();
  await expect(sato.page).toHaveURL(/people\/./);
  ids.person = sato.page.url().split('/').pop()!;

  // Two of Yamamoto's are on the board, and he is asked for one.
  await yamamoto.page.goto(`${house.url}/e/${event}/list`);
  for (const trade of ['工務店', '税理士']) {
    await yamamoto.page.getByRole('button', { name: trade }).filter({ hasText: /市/ }).click();
    const sheet = yamamoto.page.getByRole('dialog');
    await sheet.getByRole('radio', { name: /「ご紹介できます」に出す/ }).check();
    if (trade === '税理士') await sheet.getByRole('checkbox', { name: '「できること」も出す' }).check();
    await sheet.getByRole('button', { name: '保存' }).click();
    await expect(sheet).toBeHidden();
  }
  await sato.page.goto(`${house.url}/e/${event}/board`);
  await sato.page.getByRole('listitem').filter({ hasText: '相続に強い' }).getByRole('button', { name: 'お願いする' }).click();
  await sato.page.getByRole('dialog').getByRole('radio', { name: '相続に強い税理士' }).check();
  await sato.page.getByRole('dialog').getByRole('button', { name: 'ご紹介をお願いする' }).click();
  await expect(sato.page.getByText('お願い中')).toBeVisible();

  const emily = await evenMore(browser, host.page, sato.page, yamamoto.page);

  await host.page.getByRole('tab', { name: '受付' }).click();
  await host.page.getByRole('radio', { name: '受付で確認' }).check();
  const waiting = await device(browser);
  await comeIn(waiting.page, link, { name: '鈴木 花子', kana: 'スズキ ハナコ', trade: '税理士' });
  await expect(waiting.page.getByText('受付をお待ちください')).toBeVisible();

  for (const [role, d] of Object.entries({ host, wall, sato, yamamoto, emily, waiting })) {
    const kept = await d.context.storageState();
    state[role as Role] = { cookies: kept.cookies, origins: [] };
    await d.context.close();
  }
  state.stranger = { cookies: [], origins: [] };
});
test.afterAll(() => house?.close());

/** Emily's needs for somebody she knows, two askings in person, what came of them, and the host's words. */
async function evenMore(browser: Browser, host: Page, sato: Page, yamamoto: Page): Promise<Device> {
  const emily = await device(browser);
  await comeIn(emily.page, link, { name: 'Emily Carter', kana: 'エミリー カーター', firm: 'Carter Translation', trade: '翻訳・通訳', mail: 'emily@example.jp' });
  const room = `${house.url}/e/${event}`;
  const id = (page: Page) => page.url().split('/').pop()!;
  for (const who of ['事業承継に強い税理士', '空き家の活用に詳しい方']) {
    await emily.page.getByRole('button', { name: '困りごと・探している人' }).click();
    const sheet = emily.page.getByRole('dialog');
    await sheet.getByRole('radio', { name: '知り合いのこと' }).check();
    const their = sheet.getByRole('group', { name: 'お知り合いのこと' });
    await their.getByLabel('業種').fill('製造');
    await their.getByRole('button', { name: '製造業', exact: true }).click();
    await their.getByLabel('地域').fill('船橋市');
    await sheet.getByLabel('どんな方を探していますか').fill(who);
    await sheet.getByLabel('困っていること').fill('親の会社を継ぐことになりました');
    await sheet.getByRole('button', { name: '出す', exact: true }).click();
    await expect(sheet).toBeHidden();
  }
  const help = async (page: Page, who: string, line: string) => {
    await page.goto(room);
    await page.getByRole('article').filter({ hasText: who }).getByRole('button', { name: '私がお役に立てます' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('お役に立てることを一言で').fill(line);
    await sheet.getByRole('radio', { name: 'はい' }).check();
    await sheet.getByRole('button', { name: '申し出る' }).click();
    await expect(sheet).toBeHidden();
    await page.getByRole('article').filter({ hasText: who }).getByRole('link', { name: '申し出済み' }).click();
    await expect(page).toHaveURL(/goen\/./);
    return id(page);
  };
  ids.behalfR = await help(sato, '空き家の活用に詳しい方', '空き家の手続きをお手伝いできます');
  ids.behalfAsking = await help(yamamoto, '空き家の活用に詳しい方', '許可の要る改装の相談に乗れます');
  ids.connected = await help(sato, '事業承継に強い税理士', '労務の引き継ぎなら、お任せください');
  const met = await help(yamamoto, '事業承継に強い税理士', '許可の引き継ぎをお手伝いできます');

  await host.getByRole('tab', { name: 'ご紹介' }).click();
  await host.getByRole('radio', { name: 'いつでも' }).check();
  const ask = async (one: string, direct: boolean) => {
    await emily.page.goto(`${room}/goen/${one}`);
    if (direct) await emily.page.getByRole('radio', { name: '直接確認します' }).check();
    await emily.page.getByRole('button', { name: direct ? '直接確認する' : '確認ページのリンクを作る' }).click();
    if (!direct) return /http\S+\/c\/\S+/.exec(await emily.page.getByLabel('ご本人への文面').inputValue())![0];
    await expect(emily.page.getByText('ご本人に、直接お聞きください。')).toBeVisible();
    return '';
  };
  const attest = async (one: string) => {
    await ask(one, true);
    await emily.page.getByRole('button', { name: '了承をいただいた' }).click();
    const sheet = emily.page.getByRole('dialog');
    await sheet.getByLabel('ご本人のお名前').fill('吉田 茂');
    await sheet.getByRole('textbox', { name: 'メール' }).fill('yoshida@example.jp');
    await sheet.getByRole('radio', { name: '対面' }).check();
    await sheet.getByRole('checkbox', { name: '本人の了承を得ました' }).check();
    await sheet.getByRole('button', { name: 'つなぐ' }).click();
    await expect(emily.page.getByRole('heading', { name: 'おつなぎしました' })).toBeVisible();
    return /http\S+\/c\/\S+/.exec(await emily.page.getByLabel('ご本人への文面').inputValue())![0];
  };
  // One acquaintance is asked by one way at a time: what is answered makes place for the next.
  attested = await attest(ids.connected);
  await attest(met);
  ids.met = met;
  await yamamoto.goto(`${room}/goen/${met}`);
  await yamamoto.getByRole('button', { name: '会いました' }).click();
  await yamamoto.getByRole('button', { name: 'その後を知らせる' }).click();
  await yamamoto.getByRole('radio', { name: 'お願いした' }).check();
  await yamamoto.getByLabel('お礼のひとこと').fill('同じ目線で相談にのってくださる方でした。ありがとうございました。');
  await yamamoto.getByRole('checkbox', { name: 'スクリーンに出してよい' }).check();
  await yamamoto.getByRole('button', { name: '知らせる', exact: true }).click();
  await emily.page.goto(`${room}/goen/${met}`);
  await emily.page.getByRole('checkbox', { name: 'スクリーンに出てよい' }).check();
  behalf = await ask(ids.behalfAsking, false);
  await host.getByRole('tab', { name: '仲立ち' }).click();
  await host.getByRole('listitem').filter({ hasText: '相続に強い税理士' }).getByRole('button', { name: 'ピン留め' }).click();
  await host.getByRole('switch', { name: '承認制' }).click();
  await expect(host.getByRole('switch', { name: '承認制' })).toBeChecked();
  await emily.page.goto(room);
  await post(emily.page, { who: '英語の読める会計士', area: '千葉県' });
  await expect(emily.page.getByText('主催者の確認待ち')).toBeVisible();
  await host.getByRole('tab', { name: '知らせ' }).click();
  await host.getByLabel('一斉のお知らせ').fill('19:50 から自己紹介の2周目です。\n飲み物は右奥のテーブルにあります。');
  await host.getByRole('button', { name: '全員に知らせる' }).click();
  await expect(emily.page.getByText('飲み物は右奥のテーブルにあります。')).toBeVisible();
  return emily;
}

type Screen = { name: string; as: Role; path: string; then?: (page: Page) => Promise<void>; sizes?: 'wall'; told?: (views: View[], evening: Told) => View[] };

// Some things take minutes of a real evening, or what another did in it: such a screen has a context of its own, whose frames tell them.
type View = { k: string; id: string } & Record<string, unknown>;
type Told = { host: string; posters: Map<string, unknown>; now: number };

/** What is suggested, as a request of the host, or as it is; and not asked for by a plea, which would stand before it. */
const called = (views: View[], byHost = true): View[] => views.filter((v) => v.k !== 'plea').map((v) => (v.k === 'suggestion' && byHost ? { ...v, called: true } : v));

async function tellMore(page: Page, told: (views: View[], evening: Told) => View[]): Promise<void> {
  const evening: Told = { host: '', posters: new Map(), now: 0 };
  const change = (said: { t: string; in?: string; now?: number; put?: View[] }) => {
    if (said.t === 'hello') said.now = evening.now = said.now! + 6 * 60_000;
    for (const v of said.in === 'room' ? (said.put ?? []) : []) {
      if (v['host']) evening.host = v.id;
      if (v.k === 'need') evening.posters.set(v.id, v['by']);
    }
    if (said.t === 'view' && said.put) said.put = told(said.put, evening);
    return said;
  };
  await page.routeWebSocket(/\/ws\//, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((m) => server.send(m));
    server.onMessage((m) => ws.send(JSON.stringify(change(JSON.parse(String(m))))));
  });
  await page.route(/\/poll$/, async (route) => { // on a slow machine
    const response = await route.fetch();
    const body = (await response.json()) as { messages?: Parameters<typeof change>[0][] };
    body.messages?.forEach(change);
    await route.fulfill({ response, json: body });
  });
}

const screens = (): Screen[] => [
  { name: 'home-new', as: 'stranger', path: '/' },
  { name: 'home', as: 'host', path: '/' },
  { name: 'code', as: 'stranger', path: '/j' },
  { name: 'join', as: 'stranger', path: link.slice(house.url.length) },
  { name: 'host-link-used', as: 'stranger', path: '/host#used' },
  { name: 'make', as: 'host', path: '/new' },
  { name: 'lobby', as: 'waiting', path: `/e/${event}` },
  ...['door', 'flow', 'balance', 'needs', 'courses', 'board', 'news', 'people', 'screen'].map((tab) => ({
    name: `desk-${tab}`,
    as: 'host' as const,
    path: `/e/${event}/desk`,
    then: (page: Page) => page.locator(`#tab-${tab}`).click(),
  })),
  { name: 'pair', as: 'stranger', path: '/screen' },
  { name: 'wall', as: 'wall', path: `/e/${event}/screen` },
  { name: 'room', as: 'yamamoto', path: `/e/${event}` },
  { name: 'room-own', as: 'sato', path: `/e/${event}` },
  { name: 'composer', as: 'yamamoto', path: `/e/${event}`, then: (page) => page.getByRole('button', { name: /^困りごと・探している人$|^What or whom/ }).click() },
  { name: 'room-held', as: 'emily', path: `/e/${event}` },
  {
    name: 'composer-behalf',
    as: 'yamamoto',
    path: `/e/${event}`,
    then: async (page) => {
      await page.getByRole('button', { name: /^困りごと・探している人$|^What or whom/ }).click();
      await page.getByRole('radio', { name: /知り合いのこと|someone I know/ }).check();
    },
  },
  {
    name: 'call-desk',
    as: 'host',
    path: `/e/${event}/desk`,
    told: (views) => views,
    then: async (page) => {
      await page.locator('#tab-needs').click();
      await expect(page.getByRole('button', { name: /^打診$|^Call$/ }).first()).toBeVisible();
    },
  },
  {
    name: 'call-desk-made',
    as: 'host',
    path: `/e/${event}/desk`,
    told: (views, { now }) => views.map((v) => (v.k === 'watch' && v['offers'] === 0 ? { ...v, calledAt: now - 60_000 } : v)),
    then: async (page) => {
      await page.locator('#tab-needs').click();
      await expect(page.getByText(/\d\d:\d\d に打診|Called at/).first()).toBeVisible();
    },
  },
  {
    name: 'call-owner',
    as: 'yamamoto',
    path: `/e/${event}`,
    told: (views) => called(views),
    then: (page) => expect(page.getByText(/主催者からのお願い|A request from the host/).first()).toBeVisible(),
  },
  {
    name: 'call-owner-sheet',
    as: 'yamamoto',
    path: `/e/${event}`,
    told: (views) => called(views),
    then: async (page) => {
      await page.getByRole('button', { name: /^見る|^See/ }).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'call-poster',
    as: 'sato',
    path: `/e/${event}`,
    told: (views, { host, now }) => views.map((v) => (v.k === 'mine' ? { ...v, calls: [{ by: host, at: now - 60_000 }] } : v)),
    then: (page) => expect(page.getByText(/に打診しました|asked around at/).first()).toBeVisible(),
  },
  {
    name: 'give-back',
    as: 'yamamoto',
    path: `/e/${event}`,
    told: (views, { posters }) =>
      called(views, false).map((v) => {
        if (v.k === 'you') return { ...v, from: [{ by: [...posters.values()][0], n: 1 }] };
        return v.k === 'suggestion' ? { ...v, back: true } : v;
      }),
    then: (page) => expect(page.getByText(/お返しできる方が|may help in return/).first()).toBeVisible(),
  },
  { name: 'help', as: 'host', path: `/e/${event}`, then: (page) => page.getByRole('button', { name: /^私がお役に立てます$|^I can help/ }).first().click() },
  { name: 'list', as: 'yamamoto', path: `/e/${event}/list` },
  { name: 'list-empty', as: 'sato', path: `/e/${event}/list` },
  { name: 'tap', as: 'yamamoto', path: `/e/${event}/list`, then: (page) => page.getByRole('button', { name: /トントン|Tap/ }).first().click() },
  {
    name: 'entry',
    as: 'yamamoto',
    path: `/e/${event}/list`,
    then: async (page) => {
      await page.getByRole('button', { name: /公開中|On the board/ }).first().click();
      await page.getByRole('group', { name: /どこまで|How far/ }).scrollIntoViewIfNeeded();
    },
  },
  { name: 'board', as: 'sato', path: `/e/${event}/board` },
  { name: 'board-own', as: 'yamamoto', path: `/e/${event}/board` },
  { name: 'board-ask', as: 'sato', path: `/e/${event}/board`, then: (page) => page.getByRole('button', { name: /^お願いする$|^Ask$/ }).first().click() },
  { name: 'plea', as: 'yamamoto', path: `/e/${event}`, then: (page) => page.getByRole('button', { name: /^見る|^See/ }).first().click() },
  { name: 'goen', as: 'sato', path: `/e/${event}/goen` },
  { name: 'goen-empty', as: 'host', path: `/e/${event}/goen` },
  { name: 'introduction-r', as: 'sato', path: `/e/${event}/goen/${ids.introduction}` },
  { name: 'introduction-i', as: 'yamamoto', path: `/e/${event}/goen/${ids.introduction}` },
  { name: 'goen-i', as: 'emily', path: `/e/${event}/goen` },
  { name: 'behalf-i', as: 'emily', path: `/e/${event}/goen/${ids.behalfR}` },
  {
    name: 'behalf-i-direct',
    as: 'emily',
    path: `/e/${event}/goen/${ids.behalfR}`,
    then: (page) => page.getByRole('radio', { name: /直接確認します|I ask in person/ }).check(),
  },
  { name: 'behalf-i-asking', as: 'emily', path: `/e/${event}/goen/${ids.behalfAsking}` },
  { name: 'behalf-r', as: 'sato', path: `/e/${event}/goen/${ids.behalfR}` },
  { name: 'attested-i', as: 'emily', path: `/e/${event}/goen/${ids.connected}` },
  { name: 'attested-r', as: 'sato', path: `/e/${event}/goen/${ids.connected}` },
  {
    name: 'close',
    as: 'yamamoto',
    path: `/e/${event}/goen/${ids.met}`,
    then: (page) => page.getByRole('button', { name: /^書き直す$|^Change it$/ }).click(),
  },
  { name: 'closed-r', as: 'yamamoto', path: `/e/${event}/goen/${ids.met}` },
  { name: 'closed-i', as: 'emily', path: `/e/${event}/goen/${ids.met}` },
  { name: 'card', as: 'sato', path: `/e/${event}/card` },
  { name: 'card-edit', as: 'sato', path: `/e/${event}/card`, then: (page) => page.getByRole('button', { name: /名刺を直す|Edit/ }).first().click() },
  { name: 'people', as: 'sato', path: `/e/${event}/people` },
  { name: 'person', as: 'sato', path: `/e/${event}/people/${ids.person}` },
  { name: 'contacts', as: 'sato', path: `/e/${event}/contacts` },
  { name: 'elsewhere', as: 'sato', path: '/elsewhere', then: (page) => expect(page.locator('.square svg')).toBeVisible() },
  { name: 'move', as: 'stranger', path: '/move' },
  { name: 'move-look', as: 'stranger', path: '/move', then: lookAtMove },
  { name: 'move-used', as: 'stranger', path: '/move#used' },
  { name: 'about', as: 'stranger', path: '/about' },
  { name: 'lost', as: 'stranger', path: '/nowhere/at/all' },
  { name: 'consent', as: 'stranger', path: consent.slice(house.url.length) },
  { name: 'consent-behalf', as: 'stranger', path: behalf.slice(house.url.length) },
  { name: 'consent-attested', as: 'stranger', path: attested.slice(house.url.length) },
  { name: 'consent-preview', as: 'yamamoto', path: consent.slice(house.url.length) },
  {
    name: 'desk-round',
    as: 'host',
    path: `/e/${event}/desk`,
    then: async (page) => {
      await page.locator('#tab-balance').click();
      await page.getByRole('button', { name: /^士業を探す方を呼びかける$|^Call a round for Licensed/ }).click();
      await expect(page.getByRole('button', { name: /^呼びかけを終える$|^End the round$/ })).toBeVisible();
    },
  },
  { name: 'wall-round', as: 'wall', path: `/e/${event}/screen` },
  { name: 'room-round', as: 'yamamoto', path: `/e/${event}` },
  {
    name: 'desk-invite',
    as: 'host',
    path: `/e/${event}/desk`,
    then: async (page) => {
      await page.locator('#tab-balance').click();
      await page.getByRole('button', { name: /^呼びかけを終える$|^End the round$/ }).click();
      await page.getByRole('button', { name: /^誘う文$|^Invite$/ }).first().click();
    },
  },
];

// The page before somebody opens their events on this device.
async function lookAtMove(page: Page): Promise<void> {
  const sato = await page.context().browser()!.newContext({ storageState: state.sato! });
  const made = await sato.request.post(`${house.url}/api/move`, { data: {}, headers: { Origin: house.url } });
  const { secret } = (await made.json()) as { secret: string };
  await sato.close();
  await page.goto('about:blank');
  await page.goto(`${house.url}/move#${secret}`);
  await expect(page.locator('fieldset')).toBeVisible();
}

const sizes = [
  { width: 360, height: 740 },
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run;
    const { violations } = await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
  });
}

// Texts that are squeezed into a column of one or two letters.
const squeezed = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.textContent!.trim();
      const { writingMode, fontSize } = getComputedStyle(texts.currentNode.parentElement!);
      if (text.length < 6 || writingMode !== 'horizontal-tb') continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const { width, height } = range.getBoundingClientRect();
      const em = parseFloat(fontSize);
      if (width > 2 && width < 2.5 * em && height > 4 * em) found.push(text);
    }
    return found;
  });

for (const locale of ['ja-JP', 'en-US']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every screen, ${locale}, ${colorScheme}`, async ({ browser }) => {
      test.setTimeout(480_000);
      const contexts = new Map<string, { page: Page; complaints: string[] }>();
      for (const screen of screens()) {
        const whose = screen.told ? screen.name : screen.as;
        let at = contexts.get(whose);
        if (!at) {
          const storageState = state[screen.as]!;
          const context = await browser.newContext({ locale, colorScheme, timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce', storageState });
          const page = await context.newPage();
          if (screen.told) await tellMore(page, screen.told);
          at = { page, complaints: listen(page) };
          contexts.set(whose, at);
        }
        const { page, complaints } = at;
        await page.setViewportSize(sizes[1]!);
        await page.goto(house.url + screen.path);
        await expect(page.getByRole('heading').or(page.getByRole('main')).first()).toBeVisible();
        await page.waitForLoadState('networkidle').catch(() => {}); // a socket stays open; the files are there
        await screen.then?.(page);
        expect(await page.evaluate(() => document.documentElement.lang), screen.name).toBe(locale.slice(0, 2));
        for (const size of sizes) {
          await page.setViewportSize(size);
          const where = `${screen.name} ${locale} ${colorScheme} ${size.width}`;
          expect.soft(await violations(page), where).toEqual([]);
          expect.soft(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: sideways scroll`).toBe(true);
          expect.soft(await squeezed(page), `${where}: squeezed`).toEqual([]);
          if (pictures) await page.screenshot({ path: join(pictures, `${screen.name}-${locale.slice(0, 2)}-${colorScheme}-${size.width}.png`) });
        }
        // A link that is used up is answered with 410, which the browser writes down by itself.
        expect.soft(complaints.splice(0).filter((c) => !((screen.name === 'host-link-used' || screen.name === 'move-used') && c.includes('410'))), screen.name).toEqual([]);
      }
      for (const { page } of contexts.values()) await page.context().close();
    });
  }
}
