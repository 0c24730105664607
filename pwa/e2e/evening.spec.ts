import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { openHouse, type House } from './house';

// One evening in real browsers: a host, three guests, the screen and the absent person's phone at once, against the real program.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());

test.use({ actionTimeout: 10_000 });

const complaints: string[] = [];

async function device(browser: Browser, name: string, more: object = {}): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', ...more });
  const page = await context.newPage();
  page.on('console', (m) => {
    if (m.type() === 'error' && !/ERR_INTERNET_DISCONNECTED/.test(m.text())) complaints.push(`${name}: ${m.text()}`);
  });
  page.on('pageerror', (e) => complaints.push(`${name}: ${e.message}`));
  return { page, context };
}

async function comeIn(page: Page, door: string, who: { name: string; kana: string; firm?: string; trade: string; mail?: string }): Promise<void> {
  await page.goto(door);
  await page.getByLabel('氏名').fill(who.name);
  await page.getByLabel('フリガナ').fill(who.kana);
  if (who.firm) await page.getByLabel('会社名・屋号').fill(who.firm);
  await page.getByRole('button', { name: 'ほかの業種から探す' }).click();
  await page.getByRole('dialog').getByRole('searchbox').or(page.getByRole('dialog').getByRole('textbox')).first().fill(who.trade);
  await page.getByRole('dialog').getByText(who.trade, { exact: true }).first().click();
  if (who.mail) await page.getByLabel('メール').first().fill(who.mail);
  await page.getByText('会の運営とご紹介のために使うことに、同意します').click();
  await page.getByRole('button', { name: '参加する' }).click();
}

test('an evening, from the first link to the contact at home', async ({ browser }) => {
  test.setTimeout(180_000);
  const tab = (name: string) => host.page.getByRole('tab', { name });
  const shot = (page: Page, name: string) => page.screenshot({ path: `/tmp/eve/${name}.png` });

  // The host opens the evening.
  const host = await device(browser, '小林');
  await host.page.goto(house.hostLink);
  await host.page.getByLabel('会の名前').fill('第12回 船橋ご縁交流会');
  await host.page.getByLabel('会場').fill('船橋商工会議所 3階');
  await host.page.getByLabel('氏名').fill('小林 恵');
  await host.page.getByLabel('フリガナ').fill('コバヤシ メグミ');
  await host.page.getByLabel('会社名・屋号').fill('ふなばし異業種会');
  await host.page.getByRole('button', { name: 'ほかの業種から探す' }).click();
  await host.page.getByRole('dialog').getByRole('searchbox').or(host.page.getByRole('dialog').getByRole('textbox')).first().fill('NPO');
  await host.page.getByRole('dialog').getByText('NPO・団体').first().click();
  await shot(host.page, 'make');
  await host.page.getByRole('button', { name: '会を開く' }).click();
  await expect(host.page).toHaveURL(/\/desk$/);
  await shot(host.page, 'desk-door');
  const event = /\/e\/([^/]+)\//.exec(host.page.url())![1]!;

  // The projector.
  const wall = await device(browser, 'スクリーン', { viewport: { width: 1280, height: 800 } });
  await wall.page.goto(`${house.url}/screen`);
  const code = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(await wall.page.locator('main, body').first().innerText())?.[0];
  await shot(wall.page, 'pair');
  console.log('pair code', code);
  await tab('スクリーン').click();
  await shot(host.page, 'desk-screen');
  await host.page.getByLabel('スクリーンの番号').fill(code ?? '');
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page).toHaveURL(/\/screen$/);
  await wall.page.waitForTimeout(3000);
  await shot(wall.page, 'wall');
  const typed = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(await wall.page.innerText('body'))?.[0] ?? '';
  console.log('code', typed, event);

  // Guests come by the link of the QR and wait for the tap at the desk.
  await tab('受付').click();
  await host.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await host.page.getByRole('button', { name: 'コピー' }).click();
  const link = await host.page.evaluate(() => navigator.clipboard.readText());
  console.log(link);
  const admit = async (name: string) => {
    const row = host.page.getByText(name).first();
    await expect(row).toBeVisible();
    await host.page.getByRole('button', { name: '入室OK' }).first().click();
  };
  const sato = await device(browser, '佐藤');
  await sato.page.goto(link);
  await sato.page.waitForTimeout(500);
  await shot(sato.page, 'join');
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', firm: '社会保険労務士法人みどり', trade: '社会保険労務士', mail: 'sato@example.jp' });
  await expect(sato.page.getByText('受付をお待ちください')).toBeVisible();
  await shot(sato.page, 'lobby');
  await shot(host.page, 'desk-waiting');
  await admit('佐藤 由美');
  await expect(sato.page.getByRole('button', { name: '困りごと・探している人' })).toBeVisible();
  await shot(sato.page, 'room-empty');

  const yamamoto = await device(browser, '山本');
  await comeIn(yamamoto.page, link, { name: '山本 健一', kana: 'やまもと けんいち', firm: '行政書士やまもと事務所', trade: '行政書士' });
  await admit('山本 健一');
  const taka = await device(browser, '高橋');
  await comeIn(taka.page, link, { name: '高橋 大輔', kana: 'タカハシ ダイスケ', trade: '塗装' });
  await admit('高橋 大輔');
  await expect(taka.page.getByRole('button', { name: '困りごと・探している人' })).toBeVisible();

  // Yamamoto adds whom he knows, in one line.
  await yamamoto.page.getByRole('link', { name: '知り合い' }).click();
  await yamamoto.page.getByLabel('一行で足す').fill('ゴルフのTさん 製造業 船橋市 30名');
  await yamamoto.page.waitForTimeout(800);
  await shot(yamamoto.page, 'list-quick');
  await yamamoto.page.getByLabel('一行で足す').press('Enter');
  await expect(yamamoto.page.getByText('ゴルフのTさん').first()).toBeVisible();
  await yamamoto.page.getByRole('button', { name: 'トントン入力' }).click();
  await yamamoto.page.waitForTimeout(800);
  await shot(yamamoto.page, 'tap');
  await yamamoto.page.keyboard.press('Escape');

  // Sato posts what she needs.
  await tab('進行').click();
  await shot(host.page, 'desk-flow');
  await sato.page.getByRole('button', { name: '困りごと・探している人' }).click();
  await sato.page.getByLabel('どんな方を探していますか').fill('従業員30名前後の製造業の社長');
  await sato.page.getByLabel('地域').fill('船橋市周辺');
  await sato.page.getByLabel('なぜ・お返しできること').fill('就業規則の相談に乗れます');
  await shot(sato.page, 'composer');
  await sato.page.getByRole('button', { name: '出す', exact: true }).click();
  await yamamoto.page.getByRole('link', { name: 'ルーム' }).click();
  await expect(yamamoto.page.getByText('お役に立てるかもしれません').first()).toBeVisible();
  await shot(yamamoto.page, 'room-hint');
  await yamamoto.page.getByRole('button', { name: '見る' }).first().click();
  await yamamoto.page.waitForTimeout(500);
  await shot(yamamoto.page, 'hint-sheet');
  await yamamoto.page.getByRole('dialog').getByRole('button', { name: '申し出る' }).click();
  await yamamoto.page.waitForTimeout(1000);
  await shot(yamamoto.page, 'room-offered');
  await shot(wall.page, 'wall-need');

  await sato.page.getByRole('link', { name: /ご縁/ }).click();
  await sato.page.waitForTimeout(800);
  await shot(sato.page, 'goen');
  await sato.page.getByText('山本 健一').first().click();
  await sato.page.waitForTimeout(800);
  await shot(sato.page, 'intro-offered');
  await sato.page.getByRole('button', { name: 'ぜひお願いします' }).click();
  const want = sato.page.getByRole('dialog');
  await want.getByLabel('お会いしたい理由を一言で').fill('就業規則の整備でお役に立てそうです');
  await want.getByRole('radio', { name: 'いいえ' }).check();
  await shot(sato.page, 'want-sheet');
  await want.getByRole('checkbox', { name: /メール/ }).check();
  await want.getByRole('button', { name: 'お願いする' }).click();
  await sato.page.waitForTimeout(700);
  await shot(sato.page, 'intro-wanted');

  await yamamoto.page.getByRole('link', { name: /ご縁/ }).click();
  await yamamoto.page.getByText('佐藤 由美').first().click();
  await yamamoto.page.waitForTimeout(700);
  await shot(yamamoto.page, 'intro-ask');
  await yamamoto.page.getByRole('button', { name: '確認ページのリンクを作る' }).click();
  await yamamoto.page.waitForTimeout(700);
  await shot(yamamoto.page, 'intro-asking');
  const text = await yamamoto.page.getByLabel('ご本人への文面').inputValue();
  console.log(text);
  const page = /http\S+\/c\/\S+/.exec(text)![0];

  const tanaka = await device(browser, '田中', { javaScriptEnabled: false });
  await tanaka.page.goto(page);
  await tanaka.page.screenshot({ path: '/tmp/eve/consent.png', fullPage: true });
  await tanaka.page.getByLabel('お名前').fill('田中 誠');
  await tanaka.page.getByLabel('フリガナ').fill('たなか まこと');
  await tanaka.page.getByLabel('会社名・屋号').fill('田中精工');
  await tanaka.page.getByLabel('メール').fill('tanaka@example.jp');
  await tanaka.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(tanaka.page.getByText('おつなぎしました')).toBeVisible();
  await tanaka.page.screenshot({ path: '/tmp/eve/keepsake.png', fullPage: true });

  await expect(sato.page.getByText('tanaka@example.jp')).toBeVisible();
  await shot(sato.page, 'intro-connected');
  await expect(yamamoto.page.getByText('おつなぎしました')).toBeVisible();
  await shot(yamamoto.page, 'intro-gave');
  await tab('ご紹介').click();
  await host.page.waitForTimeout(400);
  await shot(host.page, 'desk-courses');
  await sato.page.goto(`${house.url}/e/${event}/contacts`);
  await sato.page.waitForTimeout(800);
  await shot(sato.page, 'contacts');
  await sato.page.goto(`${house.url}/e/${event}/card`);
  await sato.page.waitForTimeout(800);
  await shot(sato.page, 'card');
  await sato.page.goto(`${house.url}/e/${event}/people`);
  await sato.page.waitForTimeout(800);
  await shot(sato.page, 'people');
  await shot(wall.page, 'wall-end');
  expect(complaints).toEqual([]);
});
