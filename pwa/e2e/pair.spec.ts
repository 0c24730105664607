import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, type Device } from './guests';
import { openHouse, type House } from './house';

// List x list on real phones: two go-betweens, two people who are not there, a host and a screen. With LOOKS=folder it leaves pictures there, in
// both languages, light and dark.

const pictures = process.env.LOOKS;
if (pictures) mkdirSync(pictures, { recursive: true });
const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

let house: House;
test.beforeEach(async () => {
  test.setTimeout(240_000);
  house = await openHouse();
});
test.afterEach(() => house.close());
test.use({ actionTimeout: 10_000 });

/** The page as it is, without a violation and without a sideways scroll; and a picture of it. */
async function look(page: Page, name: string): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const run = (window as unknown as { axe: { run(on: Document, o: object): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe.run;
    const found = await run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return found.violations.map((v) => `${v.id} ${JSON.stringify(v.nodes[0]?.target)}`);
  });
  expect(violations, name).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  if (!pictures) return;
  await page.screenshot({ path: `${pictures}/pair-${name}.png`, fullPage: true });
}

/** The same screen in the other language and in the dark, on a phone of its own with the same session. */
async function looks(browser: Browser, d: Device, name: string): Promise<void> {
  await look(d.page, name);
  for (const [locale, colorScheme] of [['en-US', 'light'], ['ja-JP', 'dark']] as const) {
    const kept = await d.context.storageState();
    const viewport = locale === 'en-US' ? { width: 360, height: 740 } : { width: 390, height: 844 };
    const other = await device(browser, { locale, colorScheme, viewport, storageState: { cookies: kept.cookies, origins: [] } });
    await other.page.goto(d.page.url());
    await expect(other.page.getByRole('main').or(other.page.locator('main')).first()).toBeVisible();
    await other.page.waitForLoadState('networkidle').catch(() => undefined);
    await other.page.getByRole('heading').first().waitFor();
    await look(other.page, `${name}-${locale === 'en-US' ? 'en' : 'dark'}`);
    expect(other.complaints).toEqual([]);
    await other.context.close();
  }
}

/** Puts somebody on this phone's list, nameless, without the screens. */
async function entry(page: Page, event: string, words: Record<string, string>): Promise<void> {
  const status = await page.evaluate(
    async ({ event, words }) => {
      const op = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
      const blank = { size: '', offers: '', seeks: '', closeness: '', label: '', note: '', reach: 'nameless' };
      const answer = await fetch(`/api/events/${event}/do`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ v: 1, op, name: 'entry.add', args: { ...blank, ...words } }),
      });
      return `${answer.status} ${await answer.text()}`;
    },
    { event, words },
  );
  expect(status).toContain('ack');
}

async function evening(browser: Browser) {
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const wall = await device(browser, { viewport: { width: 1280, height: 800 } });
  await wall.page.goto(`${house.url}/screen`);
  const code = wall.page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await host.page.getByRole('tab', { name: 'スクリーン' }).click();
  await host.page.getByLabel('スクリーンの番号').fill(await code.innerText());
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page.getByText('1人が参加中')).toBeVisible();
  const come = async (name: string, kana: string, trade: string, firm = '') => {
    const d = await device(browser);
    await comeIn(d.page, link, { name, kana, trade, ...(firm ? { firm } : {}) });
    return d;
  };
  const yamamoto = await come('山本 健一', 'ヤマモト ケンイチ', '行政書士', '行政書士やまもと事務所');
  const sato = await come('佐藤 由美', 'サトウ ユミ', '社会保険労務士', '社会保険労務士法人みどり');
  const others = [host, await come('鈴木 花子', 'スズキ ハナコ', '税理士'), await come('高橋 大輔', 'タカハシ ダイスケ', '塗装'), await come('Emily Carter', 'エミリー カーター', '翻訳・通訳')];
  for (const d of others) {
    await entry(d.page, event, { trade: 'machinery', area: '千葉県' });
    await entry(d.page, event, { trade: 'telecom', area: '千葉県' });
  }
  await entry(yamamoto.page, event, { trade: 'manufacturing', area: '船橋市', size: '30-99', seeks: 'ホームページ刷新', label: 'ゴルフのTさん', closeness: 'often' });
  // Sato by hand: the reach of an entry is its owner's act.
  await sato.page.goto(`${house.url}/e/${event}/list`);
  await sato.page.getByLabel('一行で足す').fill('Webデザイナー 千葉市 ホームページ制作');
  await sato.page.getByLabel('一行で足す').press('Enter');
  await sato.page.getByRole('button', { name: 'Webデザイナー' }).filter({ hasText: /市/ }).click();
  const sheet = sato.page.getByRole('dialog');
  await sheet.getByRole('radio', { name: /お見合いへ/ }).check();
  await sheet.getByRole('button', { name: '保存' }).click();
  await expect(sheet).toBeHidden();
  await sato.page.goto(`${house.url}/e/${event}`);
  await host.page.getByRole('tab', { name: '進行', exact: true }).click();
  await host.page.getByRole('button', { name: /^お見合い|5/ }).filter({ hasText: 'お見合い' }).click();
  return { host, wall, event, yamamoto, sato, others };
}

test('list meets list: two go-betweens, and two who are not there', async ({ browser }) => {
  const { host, wall, event, yamamoto, sato, others } = await evening(browser);
  const ask = 'このお二人を、お引き合わせしてみませんか';
  for (const d of [yamamoto, sato]) await expect(d.page.getByText(ask)).toBeVisible();
  await expect(yamamoto.page.getByText('IT', { exact: false }).first()).toBeVisible();
  await expect(yamamoto.page.getByText('佐藤')).toHaveCount(0);
  for (const d of others) await expect(d.page.getByText(ask)).toHaveCount(0);
  await expect(wall.page.getByText('仲人成立')).toBeVisible();
  await looks(browser, yamamoto, 'card');

  // One yes is nobody's business.
  await yamamoto.page.getByRole('checkbox', { name: /できること・探していること/ }).check();
  await yamamoto.page.getByRole('button', { name: '仲人する' }).click();
  await expect(yamamoto.page.getByText('「仲人する」をお預かりしました')).toBeVisible();
  await looks(browser, yamamoto, 'yes');
  await expect(sato.page.getByText(ask)).toBeVisible();
  await expect(wall.page.locator('.pairs .number')).toHaveText('0');

  // Two are a pair, at a table.
  await sato.page.getByRole('button', { name: '仲人する' }).click();
  for (const [d, name] of [[sato, '山本 健一'], [yamamoto, '佐藤 由美']] as const) {
    await expect(d.page.getByText(`${name}さんと、仲人成立`)).toBeVisible({ timeout: 1_500 });
    await expect(d.page.getByText('1番卓')).toBeVisible();
  }
  await expect(wall.page.locator('.pairs .number')).toHaveText('1');
  await host.page.getByRole('tab', { name: 'ご紹介' }).click();
  await expect(host.page.getByText(/(山本 健一 と 佐藤 由美|佐藤 由美 と 山本 健一)/)).toBeVisible();
  await expect(host.page.getByText(/ゴルフのTさん|ホームページ/)).toHaveCount(0);
  await looks(browser, sato, 'agreed');
  await look(host.page, 'desk');
  if (pictures) await wall.page.screenshot({ path: `${pictures}/pair-wall.png` });

  // Each asks their own.
  const link = async (d: Device, name: string) => {
    await d.page.getByText(`${name}さんと、仲人成立`).click();
    await expect(d.page.getByText('1番卓でお会いください')).toBeVisible();
    if (d === yamamoto) await looks(browser, d, 'meet');
    await d.page.getByRole('button', { name: '確認ページのリンクを作る' }).click();
    return /http\S+\/c\/\S+/.exec(await d.page.getByLabel('ご本人への文面').inputValue())![0];
  };
  const toTanaka = await link(yamamoto, '佐藤 由美');
  expect(await yamamoto.page.getByLabel('ご本人への文面').inputValue()).toContain('佐藤 由美さんとお話ししているうちに');
  const toIto = await link(sato, '山本 健一');
  await looks(browser, yamamoto, 'asking');

  // Tanaka says yes, and it is kept.
  const tanaka = await device(browser);
  await tanaka.page.goto(toTanaka);
  await expect(tanaka.page.getByText('ホームページ刷新')).toBeVisible(); // how Ito hears of him
  await looks(browser, tanaka, 'page');
  await tanaka.page.getByLabel('お名前').fill('田中 誠');
  await tanaka.page.getByLabel('フリガナ').fill('タナカ マコト');
  await tanaka.page.getByLabel('メール').fill('tanaka@example.jp');
  await tanaka.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(tanaka.page.getByRole('heading', { name: 'お預かりしました。' })).toBeVisible();
  await looks(browser, tanaka, 'kept');
  for (const d of [yamamoto, sato]) await expect(d.page.getByText('お二人のお返事を待っています')).toBeVisible();

  // Ito too: they have each other, and their go-betweens the names.
  const ito = await device(browser);
  await ito.page.goto(toIto);
  await ito.page.getByLabel('お名前').fill('伊藤 真理');
  await ito.page.getByLabel('電話').fill('043-200-1000');
  await ito.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(ito.page.getByText('田中 誠')).toBeVisible();
  await expect(ito.page.getByText('tanaka@example.jp')).toBeVisible();
  await looks(browser, ito, 'given');
  await tanaka.page.reload();
  await expect(tanaka.page.getByText('伊藤 真理')).toBeVisible();
  for (const d of [yamamoto, sato]) {
    await expect(d.page.getByText('お見合い成立', { exact: true }).first()).toBeVisible();
    await expect(d.page.getByText('田中 誠').first()).toBeVisible();
    await expect(d.page.getByText('伊藤 真理').first()).toBeVisible();
    await expect(d.page.getByText(/tanaka@|043/)).toHaveCount(0);
  }
  await looks(browser, yamamoto, 'joined');
  await expect(host.page.getByText('仲人成立 1組・お見合い成立 1組')).toBeVisible();
  for (const d of [host, wall, ...others]) await expect(d.page.getByText(/田中|伊藤/)).toHaveCount(0);
  await yamamoto.page.goto(`${house.url}/e/${event}/goen`);
  await look(yamamoto.page, 'list');

  // Taken back by the own page: both names are gone everywhere.
  await tanaka.page.getByRole('button', { name: '取り消す' }).click();
  await expect(tanaka.page.getByRole('heading', { name: '取り消しました。' })).toBeVisible();
  await expect(sato.page.getByText('取り消されました').first()).toBeVisible();
  await expect(sato.page.getByText('伊藤 真理')).toHaveCount(0);
  for (const d of [host, wall, yamamoto, sato, tanaka, ito, ...others.slice(1)]) expect(d.complaints).toEqual([]);
});

test('to pass is nobody’s business, and the cards go with the phase', async ({ browser }) => {
  const { host, wall, yamamoto, sato } = await evening(browser);
  const ask = 'このお二人を、お引き合わせしてみませんか';
  for (const d of [yamamoto, sato]) await expect(d.page.getByText(ask)).toBeVisible();
  await yamamoto.page.getByRole('button', { name: '今回はしない' }).click();
  await expect(yamamoto.page.getByText(ask)).toHaveCount(0);
  await yamamoto.page.getByRole('link', { name: '知り合い' }).first().click(); // and the line with 元に戻す is gone
  await sato.page.getByRole('button', { name: '仲人する' }).click();
  await expect(sato.page.getByText('「仲人する」をお預かりしました')).toBeVisible();
  await expect(wall.page.locator('.pairs .number')).toHaveText('0');
  await host.page.getByRole('button', { name: /次へ/ }).click();
  await expect(sato.page.getByText('「仲人する」をお預かりしました')).toHaveCount(0);
});
