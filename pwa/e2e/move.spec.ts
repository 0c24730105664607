import { expect, test } from '@playwright/test';
import { comeIn, device, doorLink, openEvening } from './guests';
import { openHouse, type House } from './house';

// 別の端末で開く: the same person in another browser, by number, by link, and out of LINE.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

test('the same person on another device', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士', mail: 'sato@example.jp' });
  await sato.page.goto(`${house.url}/e/${event}/list`);
  await sato.page.getByLabel('一行で足す').fill('税理士 千葉市');
  await sato.page.getByLabel('一行で足す').press('Enter');
  await expect(sato.page.getByText('1人・自分だけに見えます')).toBeVisible();

  // By number; the old one is signed out at once.
  await sato.page.goto(`${house.url}/e/${event}/card`);
  await sato.page.getByRole('link', { name: '別の端末で開く' }).click();
  const code = sato.page.getByText(/^番号[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  const typed = (await code.innerText()).slice(-9);
  await expect(sato.page.getByText(/残り (10:00|9:\d\d)/)).toBeVisible();
  await expect(sato.page.getByRole('img', { name: '別の端末で開くためのQRコード' })).toBeVisible();
  const standing = await sato.context.newPage(); // a tab that lives while it happens
  await standing.goto(`${house.url}/e/${event}`);
  await expect(standing.getByText('第12回 船橋ご縁交流会').first()).toBeVisible();

  const laptop = await device(browser);
  await laptop.page.goto(house.url);
  await laptop.page.getByLabel('会場の番号').fill(typed.toLowerCase().replace('-', ' '));
  await laptop.page.getByRole('button', { name: '番号で入る' }).click();
  await expect(laptop.page.getByText('開くのは、この会です')).toBeVisible();
  await expect(laptop.page.getByText('第12回 船橋ご縁交流会')).toBeVisible();
  await expect(laptop.page.getByText(/佐藤|小林/)).toHaveCount(0);
  await laptop.page.getByRole('radio', { name: 'ログアウトする' }).check();
  await laptop.page.getByRole('button', { name: 'この端末で開く' }).click();
  await expect(laptop.page).toHaveURL(new RegExp(`/e/${event}$`));
  await expect(standing.getByText('もう一度、入り直してください')).toBeVisible();
  await laptop.page.goto(`${house.url}/e/${event}/list`);
  await expect(laptop.page.getByText('1人・自分だけに見えます')).toBeVisible();

  // By link, in English; both stay. The link serves once.
  await laptop.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await laptop.page.goto(`${house.url}/elsewhere`);
  await laptop.page.getByRole('button', { name: 'リンクをコピー' }).click();
  await expect(laptop.page.getByText('リンクをコピーしました')).toBeVisible();
  const copied = await laptop.page.evaluate(() => navigator.clipboard.readText());
  const phone = await device(browser, { locale: 'en-US' });
  await phone.page.goto(copied);
  await expect(phone.page.getByText('This opens')).toBeVisible();
  await phone.page.getByRole('radio', { name: 'Keep using it' }).check();
  await phone.page.getByRole('button', { name: 'Open on this device' }).click();
  await expect(phone.page).toHaveURL(new RegExp(`/e/${event}$`));
  expect(await phone.page.evaluate(() => location.hash)).toBe('');
  await phone.page.goto(`${house.url}/e/${event}/card`);
  await expect(phone.page.getByText('佐藤 由美').first()).toBeVisible();
  await laptop.page.goto(`${house.url}/e/${event}/card`);
  await expect(laptop.page.getByText('佐藤 由美').first()).toBeVisible();
  const late = await device(browser, { locale: 'en-US' });
  await late.page.goto(copied);
  await expect(late.page.getByText('This link was used, or its time is up.')).toBeVisible();
  expect(late.complaints.splice(0).filter((c) => !c.includes('410'))).toEqual([]);
  await late.page.goto(house.url);
  await late.page.getByLabel(/code|number/i).fill(typed);
  await late.page.getByRole('button', { name: /code|number/i }).click();
  await expect(late.page.getByText('That code does not fit.')).toBeVisible();

  // Out of LINE.
  const line = await device(browser, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/14.1.0' });
  await comeIn(line.page, link, { name: '山本 健一', kana: 'ヤマモト ケンイチ', trade: '行政書士' });
  await line.page.getByRole('button', { name: 'ブラウザで開く' }).click();
  await expect(line.page).toHaveURL(/\/move\?openExternalBrowser=1#[\w-]{22}$/);
  const safari = await device(browser);
  await safari.page.goto(line.page.url());
  await safari.page.getByRole('button', { name: 'この端末で開く' }).click();
  await expect(safari.page).toHaveURL(new RegExp(`/e/${event}$`));
  await safari.page.goto(`${house.url}/e/${event}/card`);
  await expect(safari.page.getByText('山本 健一').first()).toBeVisible();

  for (const [name, d] of Object.entries({ host, laptop, phone, safari })) {
    expect(d.complaints.filter((c) => !/409/.test(c)), name).toEqual([]); // the number opens no door: the browser writes that down by itself
  }
});
