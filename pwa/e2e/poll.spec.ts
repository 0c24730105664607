import { expect, test } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post } from './guests';
import { openHouse, type House } from './house';

// A net that lets no WebSocket through: the room lives by polls, and by a socket again as soon as it can.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

test('the room lives without a socket', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser);
  await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const taka = await device(browser);
  await comeIn(taka.page, link, { name: '高橋 大輔', kana: 'タカハシ ダイスケ', trade: '塗装' });

  const sato = await device(browser);
  let blocked = true;
  let sockets = 0;
  await sato.context.routeWebSocket(/\/ws\//, (ws) => {
    if (blocked) return void ws.close();
    sockets++;
    ws.connectToServer();
  });
  const polls: number[] = [];
  sato.page.on('request', (r) => {
    if (r.url().endsWith('/poll')) polls.push(Date.now());
  });
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士', mail: 'sato@example.jp' });
  await expect(sato.page.getByText('第12回 船橋ご縁交流会').first()).toBeVisible({ timeout: 5_000 }); // the room is there: by a poll
  await expect.poll(() => polls.length).toBeGreaterThan(0);

  // To and fro.
  await post(sato.page, { who: '助成金に詳しい方' });
  await expect(taka.page.getByText('助成金に詳しい方')).toBeVisible();
  await expect(sato.page.getByText('送信待ち')).toHaveCount(0);
  await post(taka.page, { who: '足場を貸してくださる方' });
  await expect(sato.page.getByText('足場を貸してくださる方')).toBeVisible();
  expect(sockets).toBe(0);

  // A dead spot.
  await sato.context.setOffline(true);
  await post(sato.page, { who: '英語の契約書を見てくれる方' });
  await expect(sato.page.getByText('送信待ち').first()).toBeVisible();
  await sato.context.setOffline(false);
  await expect(taka.page.getByText('英語の契約書を見てくれる方')).toHaveCount(1, { timeout: 20_000 });
  await expect(sato.page.getByText('送信待ち')).toHaveCount(0);

  // A login page in place of every answer is no answer.
  await sato.context.route('**/api/**', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<html>login</html>' }));
  await post(sato.page, { who: '看板を作れる方' });
  await expect(sato.page.getByText('送信待ち').first()).toBeVisible();
  await expect(sato.page.getByText('つながり直しています')).toBeVisible();
  expect(await taka.page.getByText('看板を作れる方').count()).toBe(0);
  await sato.context.unroute('**/api/**');
  await expect(taka.page.getByText('看板を作れる方')).toHaveCount(1, { timeout: 30_000 });

  // Another net, which lets it through.
  blocked = false;
  await sato.context.setOffline(true);
  await sato.context.setOffline(false);
  await expect.poll(() => sockets).toBe(1);
  await post(taka.page, { who: '動画を撮れる方' });
  await expect(sato.page.getByText('動画を撮れる方')).toBeVisible();
  const asked = polls.length;
  await post(taka.page, { who: '通訳の方' });
  await expect(sato.page.getByText('通訳の方')).toBeVisible();
  expect(polls.length).toBe(asked);
  for (const [name, d] of Object.entries({ host, taka, sato })) expect(d.complaints, name).toEqual([]);
});
