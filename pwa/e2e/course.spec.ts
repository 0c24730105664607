import { expect, test, type Browser, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post, type Device } from './guests';
import { openHouse, type House } from './house';

// The rest of the course in real browsers: needs for somebody one knows, asking in person, what came of it, and what the host does with the
// room. Each test has an evening of its own: a host, the screen and the guests at once, against the real program.

let house: House;
test.beforeEach(async () => {
  test.setTimeout(180_000);
  house = await openHouse();
});
test.afterEach(() => house.close());
test.use({ actionTimeout: 10_000 });

type Evening = { event: string; host: Device; wall: Device; sato: Device; takahashi: Device; all: Record<string, Device> };

async function evening(browser: Browser): Promise<Evening> {
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const wall = await device(browser, { viewport: { width: 1280, height: 800 } });
  await wall.page.goto(`${house.url}/screen`);
  const shown = wall.page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await host.page.getByRole('tab', { name: 'スクリーン' }).click();
  await host.page.getByLabel('スクリーンの番号').fill(await shown.innerText());
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page.getByText('1人が参加中')).toBeVisible();
  const link = await doorLink(host);
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', firm: '社会保険労務士法人みどり', trade: '社会保険労務士', mail: 'sato@example.jp' });
  const takahashi = await device(browser);
  await comeIn(takahashi.page, link, { name: '高橋 大輔', kana: 'タカハシ ダイスケ', firm: 'たかはし塗装', trade: '塗装', mail: 'takahashi@example.jp' });
  await expect(wall.page.getByText('3人が参加中')).toBeVisible();
  return { event, host, wall, sato, takahashi, all: { host, wall, sato, takahashi } };
}

function quiet(all: Record<string, Device>): void {
  for (const [name, d] of Object.entries(all)) expect(d.complaints, name).toEqual([]);
}

const open = (page: Page, label: string) => page.getByRole('button', { name: label }).click();
const sheetOf = (page: Page) => page.getByRole('dialog');

/** 知り合いのこと, filled in and sent. */
async function postFor(page: Page, who: string, why = ''): Promise<void> {
  await open(page, '困りごと・探している人');
  const sheet = sheetOf(page);
  await sheet.getByRole('radio', { name: '知り合いのこと' }).check();
  await expect(sheet.getByText(/お名前・連絡先は書かないでください/)).toBeVisible();
  const their = sheet.getByRole('group', { name: 'お知り合いのこと' });
  await their.getByLabel('業種').fill('製造');
  await their.getByRole('button', { name: '製造業', exact: true }).click();
  await their.getByLabel('地域').fill('船橋市');
  await their.getByLabel('規模').selectOption('30-99');
  await sheet.getByLabel('どんな方を探していますか').fill(who);
  if (why) await sheet.getByLabel('困っていること').fill(why);
  await sheet.getByRole('button', { name: '出す', exact: true }).click();
}

/** R's three: a line, no pitch, the mail. */
async function consent(page: Page, label: string, line: string, button: string): Promise<void> {
  const sheet = sheetOf(page);
  await sheet.getByLabel(label).fill(line);
  await sheet.getByRole('radio', { name: 'いいえ' }).check();
  await sheet.getByRole('checkbox', { name: /メール/ }).check();
  await sheet.getByRole('button', { name: button }).click();
  await expect(sheet).toBeHidden();
}

test('a need for somebody one knows: from the post to the contact', async ({ browser }) => {
  const { host, wall, sato, takahashi, all } = await evening(browser);

  // A number in it is refused, at its field, and the text stays.
  await postFor(takahashi.page, '税理士', 'お客様の鈴木様 090-1234-5678 が探しています');
  const refused = sheetOf(takahashi.page);
  await expect(refused.getByLabel('困っていること')).toHaveAttribute('aria-invalid', 'true');
  await expect(refused.getByText(/お名前・連絡先は書かないでください。「なぜ」に/)).toBeVisible();
  await expect(refused.getByLabel('困っていること')).toHaveValue('お客様の鈴木様 090-1234-5678 が探しています');
  // A name alone too.
  await refused.getByLabel('困っていること').fill('鈴木様が探しています');
  await refused.getByRole('button', { name: '出す', exact: true }).click();
  await expect(refused.getByLabel('困っていること')).toHaveAttribute('aria-invalid', 'true');
  await refused.getByLabel('困っていること').fill('親の会社を継ぐことになりました');
  await refused.getByRole('button', { name: '出す', exact: true }).click();
  await expect(refused).toBeHidden();

  // The room reads trade, place and size of the acquaintance; the only answer is oneself.
  await expect(sato.page.getByText('高橋 大輔さんのお知り合い(製造業・船橋市・30〜99人)が、')).toBeVisible();
  await expect(wall.page.getByText('製造業・船橋市・30〜99人の方から')).toBeVisible();
  await expect(sato.page.getByRole('button', { name: '心当たりあり' })).toHaveCount(0);
  await open(sato.page, '私がお役に立てます');
  await consent(sato.page, 'お役に立てることを一言で', '事業承継の労務を年に20件ほど見ています', '申し出る');
  await expect(wall.page.getByText('1人が心当たり')).toBeVisible();
  await sato.page.getByRole('link', { name: '申し出済み' }).click();
  await expect(sato.page.getByText('高橋 大輔さんが、ご本人に聞くか考えています。')).toBeVisible();
  await expect(sato.page.getByRole('button', { name: 'ぜひお願いします' })).toHaveCount(0);

  // It is the poster's turn: who offers, with which line, and the link in the sense of ご相談先.
  await takahashi.page.getByRole('link', { name: /ご縁/ }).click();
  await takahashi.page.getByText('佐藤 由美さんが「お役に立てます」').click();
  await expect(takahashi.page.getByText('事業承継の労務を年に20件ほど見ています')).toBeVisible();
  await open(takahashi.page, '確認ページのリンクを作る');
  const text = await takahashi.page.getByLabel('ご本人への文面').inputValue();
  expect(text).toContain('ご相談先');
  expect(text).toContain('「税理士」をお探し');
  expect(text).not.toContain('佐藤');
  await expect(sato.page.getByText('ご本人に確認中です。')).toBeVisible();

  // The absent person, without script.
  const suzuki = await device(browser, { javaScriptEnabled: false });
  await suzuki.page.goto(/http\S+\/c\/\S+/.exec(text)![0]);
  await expect(suzuki.page.getByRole('heading', { name: '高橋 大輔さんが、ご相談先をご紹介したいとのことです。' })).toBeVisible();
  await expect(suzuki.page.getByText('親の会社を継ぐことになりました')).toBeVisible();
  await expect(suzuki.page.getByText('事業承継の労務を年に20件ほど見ています')).toBeVisible();
  await suzuki.page.getByRole('textbox', { name: 'お名前' }).fill('鈴木 一郎');
  await suzuki.page.getByLabel('電話').fill('090-1234-5678');
  await suzuki.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(suzuki.page.getByText('sato@example.jp')).toBeVisible();

  await expect(sato.page.getByText('090-1234-5678')).toBeVisible();
  await expect(takahashi.page.getByRole('heading', { name: 'おつなぎしました' })).toBeVisible();
  await expect(takahashi.page.getByText('090-1234-5678')).toHaveCount(0);
  await host.page.getByRole('tab', { name: 'ご紹介' }).click();
  await expect(host.page.getByText('高橋 大輔さん → 佐藤 由美さん')).toBeVisible();
  for (const page of [host.page, wall.page]) await expect(page.getByText('鈴木')).toHaveCount(0);
  expect(house.said()).not.toMatch(/鈴木|090-1234/);
  quiet({ ...all, suzuki });
});

test('asked in person, told in person; met, thanked, and the thanks on the screen', async ({ browser }) => {
  const { host, wall, sato, takahashi, all, event } = await evening(browser);
  await takahashi.page.goto(`${house.url}/e/${event}/list`);
  await takahashi.page.getByLabel('一行で足す').fill('ゴルフのTさん 製造業 船橋市 30名');
  await takahashi.page.getByLabel('一行で足す').press('Enter');
  await expect(takahashi.page.getByText('1人・自分だけに見えます')).toBeVisible();
  await post(sato.page, { who: '従業員30名前後の製造業の社長', area: '船橋市' });
  await takahashi.page.goto(`${house.url}/e/${event}`);
  await takahashi.page.getByRole('button', { name: '心当たりあり' }).click();
  await sheetOf(takahashi.page).getByText('ゴルフのTさん').click();
  await sheetOf(takahashi.page).getByRole('button', { name: '申し出る' }).click();
  await sato.page.getByRole('link', { name: /ご縁/ }).click();
  await sato.page.getByText('高橋 大輔さんからの申し出').click();
  await open(sato.page, 'ぜひお願いします');
  await consent(sato.page, 'お会いしたい理由を一言で', '就業規則でお役に立てそうです', 'お願いする');

  // In person instead of a link. The other side cannot tell.
  await takahashi.page.getByRole('link', { name: /ご縁/ }).click();
  await takahashi.page.getByText('佐藤 由美さんへの申し出').click();
  await takahashi.page.getByRole('radio', { name: '直接確認します' }).check();
  await expect(takahashi.page.getByText(/この会では、口頭でのご了承を登録できません/)).toBeVisible();
  await open(takahashi.page, '直接確認する');
  await expect(takahashi.page.getByRole('heading', { name: 'ご本人に、直接お聞きください。' })).toBeVisible();
  await expect(sato.page.getByText('ご本人に確認中です。')).toBeVisible();
  const given = takahashi.page.getByRole('button', { name: '了承をいただいた' });
  await expect(given).toHaveCount(0);

  // After the event: not yet, and from when. Then at any time.
  await host.page.getByRole('tab', { name: 'ご紹介' }).click();
  await host.page.getByRole('radio', { name: '会のあと' }).check();
  await expect(host.page.getByText(/会が終わってから、紹介者が/)).toBeVisible();
  await expect(takahashi.page.getByText(/会が終わってから\(.+から\)できます/)).toBeVisible();
  await expect(given).toHaveCount(0);
  await host.page.getByRole('radio', { name: 'いつでも' }).check();
  await given.click();
  const sheet = sheetOf(takahashi.page);
  const connect = sheet.getByRole('button', { name: 'つなぐ' });
  await sheet.getByLabel('ご本人のお名前').fill('田中 誠');
  await sheet.getByLabel('会社名・屋号').fill('田中精工');
  await sheet.getByRole('textbox', { name: 'メール' }).fill('tanaka@example');
  await sheet.getByRole('radio', { name: '電話' }).nth(1).check();
  await expect(connect).toBeDisabled();
  await sheet.getByRole('checkbox', { name: '本人の了承を得ました' }).check();
  await connect.click();
  await expect(sheet.getByRole('textbox', { name: 'メール' })).toHaveAttribute('aria-invalid', 'true');
  await sheet.getByRole('textbox', { name: 'メール' }).fill('tanaka@example.jp');
  await connect.click();
  await expect(takahashi.page.getByRole('heading', { name: 'おつなぎしました' })).toBeVisible();
  await expect(sato.page.getByText('tanaka@example.jp')).toBeVisible();
  await expect(sato.page.getByText(/紹介者が口頭で了承を確認\(電話・/)).toBeVisible();
  await expect(takahashi.page.getByText('tanaka@example.jp')).toHaveCount(0);
  const kept = await takahashi.page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done, failed) => {
      const asked = indexedDB.open('goen');
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    const all = (store: string) => new Promise<unknown[]>((done) => (db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done((e.target as IDBRequest).result)));
    return JSON.stringify([await all('outbox'), await all('copies'), { ...localStorage }]);
  });
  expect(kept).not.toMatch(/田中|tanaka/);

  // The absent person gets the link to take it back: nothing else stands there.
  const letter = await takahashi.page.getByLabel('ご本人への文面').inputValue();
  const tanaka = await device(browser, { javaScriptEnabled: false });
  const link = /http\S+\/c\/\S+/.exec(letter)![0];
  await tanaka.page.goto(link);
  await expect(tanaka.page.getByRole('button', { name: '取り消す' })).toBeVisible();
  await expect(tanaka.page.getByText(/田中|佐藤|tanaka/)).toHaveCount(0);
  await expect(tanaka.page.getByRole('textbox')).toHaveCount(0);

  // They met; what came of it; a word of thanks, which both let the room read.
  await expect(sato.page.getByText('お会いになりましたか')).toBeVisible();
  await open(sato.page, '会いました');
  await expect(sato.page.getByRole('heading', { name: /に会いました$/ })).toBeVisible();
  await expect(takahashi.page.getByRole('heading', { name: /佐藤 由美さんが、.+に会われたそうです。/ })).toBeVisible();
  await open(sato.page, 'その後を知らせる');
  const close = sheetOf(sato.page);
  await expect(close.getByText('紹介料の授受はできません')).toBeVisible();
  await close.getByRole('radio', { name: 'お願いした' }).check();
  await close.getByLabel('お礼のひとこと').fill('よいご縁をありがとうございました');
  await close.getByRole('checkbox', { name: 'スクリーンに出してよい' }).check();
  await close.getByRole('button', { name: '知らせる' }).click();
  await expect(sato.page.getByText('よいご縁をありがとうございました')).toBeVisible();
  await expect(takahashi.page.getByText('佐藤 由美さんから、お礼が届きました')).toBeVisible();
  await expect(takahashi.page.getByText('よいご縁をありがとうございました')).toBeVisible();
  await expect(takahashi.page.getByText('お願いした')).toBeVisible();
  for (const page of [sato.page, takahashi.page]) await expect(page.locator('main input[type=number], main input[inputmode=decimal]')).toHaveCount(0);
  await expect(wall.page.getByText('よいご縁をありがとうございました')).toHaveCount(0); // one tick is not enough
  const may = takahashi.page.getByRole('checkbox', { name: 'スクリーンに出てよい' });
  await may.check();
  await expect(wall.page.getByText('「よいご縁をありがとうございました」')).toBeVisible();
  await expect(wall.page.getByText('田中')).toHaveCount(0);
  await may.uncheck();
  await expect(wall.page.getByText('よいご縁をありがとうございました')).toHaveCount(0);
  await may.check();
  await expect(wall.page.getByText('「よいご縁をありがとうございました」')).toBeVisible();

  // And the absent person takes it back after all: gone everywhere.
  await tanaka.page.getByRole('button', { name: '取り消す' }).click();
  await expect(tanaka.page.getByRole('heading', { name: '取り消しました。' })).toBeVisible();
  await expect(sato.page.getByText('tanaka@example.jp')).toHaveCount(0);
  await expect(wall.page.getByText('よいご縁をありがとうございました')).toHaveCount(0);
  quiet({ ...all, tanaka });
});

test('the host approves, pins and tells everybody', async ({ browser }) => {
  const { host, wall, sato, takahashi, all } = await evening(browser);
  const room = [takahashi.page, wall.page];

  // Held until the host has seen it.
  await host.page.getByRole('tab', { name: '仲立ち' }).click();
  await host.page.getByRole('switch', { name: '承認制' }).click();
  await expect(host.page.getByRole('switch', { name: '承認制' })).toBeChecked();
  await post(sato.page, { who: '町工場の社長さん' });
  await expect(sato.page.getByText('主催者の確認待ち')).toBeVisible();
  await expect(host.page.getByText('町工場の社長さん')).toBeVisible();
  for (const page of room) await expect(page.getByText('町工場の社長さん')).toHaveCount(0);
  await host.page.getByRole('button', { name: '出す', exact: true }).click();
  for (const page of room) await expect(page.getByText('町工場の社長さん')).toBeVisible();
  await expect(sato.page.getByText('主催者の確認待ち')).toHaveCount(0);

  // One that does not come out: its poster is told, nobody else sees it.
  await post(takahashi.page, { who: '権利収入に興味ある方' });
  await expect(host.page.getByText('権利収入に興味ある方')).toBeVisible();
  await host.page.getByRole('button', { name: '出さない' }).click();
  await expect(takahashi.page.getByText('主催者が、この求むを非表示にしました。')).toBeVisible();
  for (const page of [sato.page, wall.page]) await expect(page.getByText('権利収入に興味ある方')).toHaveCount(0);
  await host.page.getByRole('switch', { name: '承認制' }).click();
  await expect(host.page.getByRole('switch', { name: '承認制' })).not.toBeChecked();

  // A pin brings the older one to the top, with a word.
  await post(sato.page, { who: '相続に強い税理士' });
  const cards = takahashi.page.getByRole('article').filter({ hasText: 'ご存じの方はいませんか' });
  await expect(cards.first()).toContainText('相続に強い税理士');
  const old = host.page.getByRole('listitem').filter({ hasText: '町工場の社長さん' });
  await old.getByRole('button', { name: 'ピン留め' }).click();
  await expect(cards.first()).toContainText('主催者のピン留め');
  await expect(cards.first()).toContainText('町工場の社長さん');
  await expect(wall.page.getByRole('listitem').first()).toContainText('町工場の社長さん');
  await expect(wall.page.getByText('主催者のピン留め')).toBeVisible();
  await old.getByRole('button', { name: 'ピンを外す' }).click();
  await expect(cards.first()).toContainText('相続に強い税理士');

  // A word to everybody: taken back at once, or put away on one phone only.
  await host.page.getByRole('tab', { name: '知らせ' }).click();
  const tell = async (text: string) => {
    await host.page.getByLabel('一斉のお知らせ').fill(text);
    await open(host.page, '全員に知らせる');
  };
  await tell('お料理が出ました');
  for (const page of room) await expect(page.getByText('お料理が出ました')).toBeVisible();
  await host.page.getByRole('button', { name: '元に戻す' }).click();
  for (const page of room) await expect(page.getByText('お料理が出ました')).toHaveCount(0);
  await expect(host.page.getByLabel('一斉のお知らせ')).toHaveValue('お料理が出ました');
  await tell('2周目を始めます');
  await tell('20時に写真を撮ります\n正面にお集まりください');
  await expect(takahashi.page.getByText('正面にお集まりください')).toBeVisible();
  await expect(takahashi.page.getByRole('article').first()).toContainText('20時に写真を撮ります');
  await expect(wall.page.getByText('正面にお集まりください')).toBeVisible();
  await expect(wall.page.getByText('2周目を始めます')).toHaveCount(0); // the screen has the latest
  await takahashi.page.getByRole('button', { name: 'このお知らせを閉じる' }).first().click();
  await expect(takahashi.page.getByText('正面にお集まりください')).toHaveCount(0);
  await takahashi.page.reload();
  await expect(takahashi.page.getByText('2周目を始めます')).toBeVisible();
  await expect(takahashi.page.getByText('正面にお集まりください')).toHaveCount(0);
  await expect(sato.page.getByText('正面にお集まりください')).toBeVisible();
  await host.page.getByRole('button', { name: /^消す: 2周目/ }).click();
  await expect(host.page.getByText('お知らせを消しました')).toBeVisible();
  await expect(takahashi.page.getByText('2周目を始めます')).toHaveCount(0);
  quiet(all);
});
