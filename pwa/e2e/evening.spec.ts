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
  await page.getByLabel('業種を探す').fill(who.trade);
  await page.getByRole('dialog').getByText(who.trade, { exact: true }).first().click();
  if (who.mail) await page.getByLabel('メール').first().fill(who.mail);
  await page.getByText('会の運営とご紹介のために使うことに、同意します').click();
  await page.getByRole('button', { name: '参加する' }).click();
}

test('an evening, from the first link to the contact at home', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser, '小林');
  await host.page.goto(house.hostLink);
  await host.page.getByLabel('会の名前').fill('第12回 船橋ご縁交流会');
  await host.page.screenshot({ path: '/tmp/shots/make.png', fullPage: true });
});
