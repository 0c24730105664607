import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

// Devices and what people do on them, for the tests that drive the real program.

export type Device = { page: Page; context: BrowserContext; complaints: string[] };

/** A phone of its own: cookies, storage and language are nobody else's. */
export async function device(browser: Browser, more: Parameters<Browser['newContext']>[0] = {}): Promise<Device> {
  const context = await browser.newContext({
    ...{ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' },
    ...more,
  });
  const page = await context.newPage();
  const complaints = listen(page);
  return { page, context, complaints };
}

/** What the console complains of. Being offline is no complaint. */
export function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error' && !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket/.test(m.text())) complaints.push(m.text());
  });
  page.on('pageerror', (e) => complaints.push(e.message));
  return complaints;
}

export async function chooseTrade(page: Page, trade: string): Promise<void> {
  await page.getByRole('button', { name: 'ほかの業種から探す' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').or(sheet.getByRole('searchbox')).first().fill(trade);
  await sheet.getByText(trade, { exact: true }).first().click();
}

export type Who = { name: string; kana: string; firm?: string; trade: string; mail?: string };

/** Fills the join page and taps the one button. */
export async function comeIn(page: Page, door: string, who: Who): Promise<void> {
  await page.goto(door);
  await fillIn(page, who);
}

/** The same on a join page that is open already. */
export async function fillIn(page: Page, who: Who): Promise<void> {
  await page.getByLabel('氏名').fill(who.name);
  await page.getByLabel('フリガナ').fill(who.kana);
  if (who.firm) await page.getByLabel('会社名・屋号').fill(who.firm);
  await chooseTrade(page, who.trade);
  if (who.mail) await page.getByLabel('メール').first().fill(who.mail);
  await page.getByText('会の運営とご紹介のために使うことに、同意します').click();
  await page.getByRole('button', { name: '参加する' }).click();
  await expect(page).toHaveURL(/\/e\//); // in, or in the lobby
}

/** The host opens an evening by the link that the fresh installation printed. */
export async function openEvening(host: Page, link: string, doors: 'だれでも' | '受付で確認' = '受付で確認'): Promise<string> {
  await host.goto(link);
  await host.getByLabel('会の名前').fill('第12回 船橋ご縁交流会');
  await host.getByLabel('会場').fill('船橋商工会議所 3階');
  await host.getByRole('radio', { name: doors }).check();
  await host.getByLabel('氏名').fill('小林 恵');
  await host.getByLabel('フリガナ').fill('コバヤシ メグミ');
  await host.getByLabel('会社名・屋号').fill('ふなばし異業種会');
  await chooseTrade(host, 'NPO・団体');
  await host.getByRole('button', { name: '会を開く' }).click();
  await expect(host).toHaveURL(/\/desk$/);
  return /\/e\/([^/]+)\//.exec(host.url())![1]!;
}

/** The link of the QR, as the desk copies it. */
export async function doorLink(host: Device): Promise<string> {
  await host.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await host.page.getByRole('tab', { name: '受付' }).click();
  await host.page.getByRole('button', { name: 'コピー' }).click();
  await expect(host.page.getByText('リンクをコピーしました')).toBeVisible();
  return host.page.evaluate(() => navigator.clipboard.readText());
}

export type Need = { who: string; area?: string; why?: string };

export async function post(page: Page, need: Need): Promise<void> {
  await page.getByRole('button', { name: '困りごと・探している人' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('どんな方を探していますか').fill(need.who);
  if (need.area) await sheet.getByLabel('地域').fill(need.area);
  if (need.why) await sheet.getByLabel('なぜ・お返しできること').fill(need.why);
  await sheet.getByRole('button', { name: '出す', exact: true }).click();
}
