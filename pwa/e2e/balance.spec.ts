import { mkdirSync } from 'node:fs';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post, type Device } from './guests';
import { openHouse, type House } from './house';

// The balance of the room and the round that asks for demand: a host, guests and the screen, on the real program. With LOOKS=folder it leaves
// pictures there.

const pictures = process.env.LOOKS;
if (pictures) mkdirSync(pictures, { recursive: true });
const look = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/balance-${name}.png` });
};

let house: House;
test.beforeEach(async () => {
  test.setTimeout(180_000);
  house = await openHouse();
});
test.afterEach(() => house.close());
test.use({ actionTimeout: 10_000 });

async function wallOf(browser: Browser, host: Device): Promise<Device> {
  const wall = await device(browser, { viewport: { width: 1280, height: 800 } });
  await wall.page.goto(`${house.url}/screen`);
  const code = wall.page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await host.page.getByRole('tab', { name: 'スクリーン' }).click();
  await host.page.getByLabel('スクリーンの番号').fill(await code.innerText());
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page.getByText('1人が参加中')).toBeVisible();
  return wall;
}

test('the forecast, the balance, and a round in which the room asks for people it knows', async ({ browser }) => {
  const host = await device(browser);
  await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const wall = await wallOf(browser, host);
  const come = async (name: string, kana: string, trade: string) => {
    const d = await device(browser);
    await comeIn(d.page, link, { name, kana, trade });
    return d;
  };
  const sato = await come('佐藤 由美', 'サトウ ユミ', '社会保険労務士');
  const yamamoto = await come('山本 健一', 'ヤマモト ケンイチ', '行政書士');
  const suzuki = await come('鈴木 花子', 'スズキ ハナコ', '税理士');
  const emily = await come('Emily Carter', 'エミリー カーター', '翻訳・通訳');
  await post(emily.page, { who: '印刷会社の方' }); // names no trade, and so counts for none

  // Before the day: what is thin, and words to invite by, made from trades.
  await host.page.getByRole('tab', { name: 'バランス' }).click();
  await expect(host.page.getByText('士業 3 / 士業を探す 0')).toBeVisible();
  await look(host.page, 'forecast');
  await host.page.getByRole('button', { name: '誘う文' }).click();
  const invite = host.page.getByRole('dialog');
  await expect(invite).toHaveAccessibleName('士業を探している方を誘う');
  const text = await invite.getByLabel('文面').inputValue();
  for (const part of ['第12回 船橋ご縁交流会', '社会保険労務士', '行政書士', '税理士', '/j/']) expect(text).toContain(part);
  for (const name of ['佐藤', '山本', '鈴木', 'Emily', '小林']) expect(text).not.toContain(name);
  await look(host.page, 'invite');
  await invite.getByRole('button', { name: 'コピー' }).click();
  await expect(host.page.getByText('コピーしました')).toBeVisible();
  expect(await host.page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  expect(decodeURIComponent((await invite.getByRole('link', { name: 'LINEで送る' }).getAttribute('href')) ?? '')).toContain(text);
  await host.page.keyboard.press('Escape');
  await expect(invite).toBeHidden();

  // The round, from beside the thin one.
  await host.page.getByRole('tab', { name: '進行', exact: true }).click();
  await host.page.getByRole('button', { name: '次へ: 求む' }).click();
  await host.page.getByRole('tab', { name: 'バランス' }).click();
  await expect(host.page.getByText('士業 3 / 士業を探す 0')).toHaveCount(0); // the forecast is for before
  const bars = (page: Page, now: string) => page.getByRole('img', { name: now, exact: true });
  await expect(bars(host.page, '会場に3人、探している声は0件').first()).toBeVisible();
  await expect(sato.page.getByText('お知り合いで、こんなことで困っている方は？')).toHaveCount(0);
  await host.page.getByRole('button', { name: '士業を探す方を呼びかける' }).click();
  await expect(host.page.getByText('呼びかけ中: 士業')).toBeVisible();
  await expect(wall.page.getByText('お知り合いで、士業を探している方は？')).toBeVisible();
  await expect(bars(wall.page, '会場に3人、探している声は0件')).toBeVisible();
  await look(host.page, 'desk');
  await look(wall.page, 'wall-before');

  // Each phone asks, and the composer is filled in but for the acquaintance.
  for (const d of [sato, yamamoto, suzuki, emily]) await expect(d.page.getByText('お知り合いで、こんなことで困っている方は？')).toBeVisible();
  await look(emily.page, 'phone');
  const ask = async (page: Page, trade: string) => {
    await page.getByRole('button', { name: trade }).click();
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByRole('radio', { name: '知り合いのこと' })).toBeChecked();
    await expect(sheet.getByLabel('どんな方を探していますか')).toHaveValue(new RegExp(`${trade}$`));
    const their = sheet.getByRole('group', { name: 'お知り合いのこと' });
    await their.getByLabel('業種').fill('製造');
    await their.getByRole('button', { name: '製造業', exact: true }).click();
    return sheet;
  };
  const first = await ask(emily.page, '税理士');
  await look(emily.page, 'composer');
  await first.getByRole('button', { name: '出す', exact: true }).click();
  await expect(first).toBeHidden();
  for (const d of [host, wall]) await expect(bars(d.page, '会場に3人、探している声は1件').first()).toBeVisible({ timeout: 1_500 });
  const second = await ask(yamamoto.page, '社会保険労務士');
  await second.getByRole('button', { name: '出す', exact: true }).click();
  for (const d of [host, wall]) await expect(bars(d.page, '会場に3人、探している声は2件').first()).toBeVisible({ timeout: 1_500 });
  await look(wall.page, 'wall');
  await expect(wall.page.getByText('Emily')).toHaveCount(0); // nobody's name

  // To pass is nobody's business, and stays so on this phone.
  await suzuki.page.getByRole('button', { name: '今回はいません' }).click();
  await expect(suzuki.page.getByText('お知り合いで、こんなことで困っている方は？')).toHaveCount(0);

  await host.page.getByRole('button', { name: '呼びかけを終える' }).click();
  await expect(sato.page.getByText('お知り合いで、こんなことで困っている方は？')).toHaveCount(0);
  await expect(wall.page.getByText('お知り合いで、士業を探している方は？')).toHaveCount(0);
  for (const d of [host, wall, sato, yamamoto, suzuki, emily]) expect(d.complaints).toEqual([]);
});
