import { expect, test, type Browser, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post, type Device } from './guests';
import { openHouse, type House } from './house';

// Give first, get back, and the blind call, on real phones against the real program.

let house: House;
test.beforeEach(async () => {
  test.setTimeout(180_000);
  house = await openHouse();
});
test.afterEach(() => house.close());
test.use({ actionTimeout: 10_000 });

const people = {
  yamamoto: { name: '山本 健一', kana: 'ヤマモト ケンイチ', trade: '行政書士', mail: 'yamamoto@example.jp' },
  sato: { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士', mail: 'sato@example.jp' },
  emily: { name: 'Emily Carter', kana: 'エミリー カーター', trade: '翻訳・通訳', mail: 'emily@example.jp' },
};

async function evening(browser: Browser): Promise<{ host: Device; event: string } & Record<keyof typeof people, Device>> {
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const come = async (who: keyof typeof people) => {
    const d = await device(browser);
    await comeIn(d.page, link, people[who]);
    return d;
  };
  return { host, event, yamamoto: await come('yamamoto'), sato: await come('sato'), emily: await come('emily') };
}

const open = (page: Page, label: string) => page.getByRole('button', { name: label }).click();

test('the needs of who gave first come first, with a hint of giving back', async ({ browser }) => {
  const { sato, yamamoto, emily, host, event } = await evening(browser);
  await post(sato.page, { who: '従業員30名前後の製造業の社長' });
  // Yamamoto offers himself, and Sato wants it.
  await open(yamamoto.page, '心当たりあり');
  const offer = yamamoto.page.getByRole('dialog');
  await offer.getByText('私がお役に立てます').click();
  await offer.getByRole('checkbox', { name: /メール/ }).check();
  await offer.getByRole('button', { name: '申し出る' }).click();
  await expect(offer).toBeHidden();
  // His need is older than Emily's.
  await post(yamamoto.page, { who: '建設業許可を取りたい工務店' });
  await expect(sato.page.getByText('建設業許可を取りたい工務店')).toBeVisible();
  await post(emily.page, { who: '印刷会社の方' });
  const cards = sato.page.getByRole('article');
  await expect(cards.first()).toContainText('印刷会社の方');
  await expect(sato.page.getByText('先にご紹介いただいた方')).toHaveCount(0); // an offer alone moves nothing

  await sato.page.getByRole('link', { name: /ご縁/ }).click();
  await sato.page.getByText('山本 健一さんが').first().click();
  await open(sato.page, 'ぜひお願いします');
  const want = sato.page.getByRole('dialog');
  await want.getByRole('textbox').first().fill('許可のご相談をしたいです');
  await want.getByRole('radio', { name: 'いいえ' }).check();
  await want.getByRole('checkbox', { name: /メール/ }).check();
  await want.getByRole('button', { name: /ぜひ/ }).click();
  await expect(want).toBeHidden();
  await sato.page.goto(`${house.url}/e/${event}`);
  await expect(cards.first()).toContainText('建設業許可を取りたい工務店');
  await expect(cards.first()).toContainText('先にご紹介いただいた方');
  await expect(sato.page.getByText('先にご紹介いただいた方')).toHaveCount(1);
  for (const other of [yamamoto, emily, host]) await expect(other.page.getByText('先にご紹介いただいた方')).toHaveCount(0);
  for (const d of [sato, yamamoto, emily, host]) expect(d.complaints).toEqual([]);
});

test('a blind call: the desk, the one who is asked, and the poster', async ({ browser }) => {
  const { host, event, sato, yamamoto } = await evening(browser);
  await post(sato.page, { who: '飲食店の事業承継' });
  await open(host.page, '仲立ち').catch(() => host.page.getByRole('tab', { name: '仲立ち' }).click());
  await expect(host.page.getByText('飲食店の事業承継')).toBeVisible();
  await expect(host.page.getByRole('button', { name: '打診' })).toHaveCount(0); // not before five minutes

  // The same desk on a clock that is six minutes ahead: what the server thinks of it stands there.
  const ahead = await host.context.newPage();
  await ahead.routeWebSocket(/\/ws\//, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((m) => server.send(m));
    server.onMessage((m) => ws.send(String(m).replace(/("t":"hello".*"now":)(\d+)/, (_, a: string, now: string) => a + (Number(now) + 360_000))));
  });
  await ahead.goto(`${house.url}/e/${event}/desk`);
  await ahead.getByRole('tab', { name: '仲立ち' }).click();
  await ahead.getByRole('button', { name: '打診' }).click();
  await expect(ahead.getByText('打診できるのは、出てから5分たった求むです。')).toBeVisible();
  await ahead.close();

  // As the phones of the poster and of the one who is asked show it, once the frames say so.
  const at = Date.now();
  const me = async (page: Page, put: (views: Record<string, string>[]) => object[]) => {
    await page.routeWebSocket(/\/ws\//, (ws) => {
      const server = ws.connectToServer();
      ws.onMessage((m) => server.send(m));
      server.onMessage((m) => {
        const said = JSON.parse(String(m)) as { t: string; in: string; full?: boolean; put?: Record<string, string>[] };
        if (said.t === 'view' && said.in === 'me' && said.full && said.put) said.put = put(said.put) as Record<string, string>[];
        ws.send(JSON.stringify(said));
      });
    });
    await page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    });
    await page.reload();
  };
  const hostId = await idOf(yamamoto.page);
  let need = '';
  let satoId = '';
  await me(sato.page, (views) =>
    views.map((v) => {
      if (v['k'] === 'you') satoId = v['id']!;
      if (v['k'] !== 'mine') return v;
      need = v['id']!;
      return { ...v, calls: [{ by: hostId, at }] };
    }),
  );
  await expect(sato.page.getByText(/^主催者 小林 恵さんが \d\d:\d\d に打診しました$/)).toBeVisible();
  await expect(yamamoto.page.getByText('に打診しました')).toHaveCount(0);

  const entry = { k: 'entry', id: 'e', reach: 'self', trade: 'restaurant', area: '', size: '', offers: '', seeks: '', closeness: '', label: '商店街のMさん', note: '' };
  let given: object[] = [];
  await yamamoto.page.goto(`${house.url}/e/${event}`);
  await me(yamamoto.page, (views) => [
    ...views.map((v) => (v['k'] === 'you' ? { ...v, from: given } : v)),
    entry,
    { k: 'suggestion', id: 's', need, entry: 'e', why: [{ by: 'trade' }], called: true, ...(given.length ? { back: true } : {}) },
  ]);
  await expect(yamamoto.page.getByText('主催者からのお願い')).toBeVisible();
  await expect(yamamoto.page.getByText('あなたの「商店街のMさん」が佐藤 由美さんのお役に立てるかもしれません')).toBeVisible();
  await expect(yamamoto.page.getByText('あなただけに見えています')).toBeVisible();
  given = [{ by: satoId, n: 1 }];
  await yamamoto.page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
  });
  await yamamoto.page.reload();
  await expect(yamamoto.page.getByText('佐藤 由美さんから1件ご紹介を受けています。お返しできる方が1件あります')).toBeVisible();
  await yamamoto.page.getByRole('button', { name: /^見る/ }).first().click();
  const sheet = yamamoto.page.getByRole('dialog');
  await expect(sheet.getByRole('heading', { name: '主催者からのお願い' })).toBeVisible();
  await sheet.getByRole('button', { name: '今は無理' }).click();
  await expect(yamamoto.page.getByText('主催者からのお願い')).toHaveCount(0);
});

/** The attendee id of who holds this phone, as a link of the people's screen has it. */
async function idOf(page: Page): Promise<string> {
  const event = /\/e\/([^/]+)/.exec(page.url())![1]!;
  await page.goto(`${new URL(page.url()).origin}/e/${event}/people`);
  const href = await page.getByRole('link', { name: /小林 恵/ }).first().getAttribute('href');
  return href!.split('/').at(-1)!;
}
