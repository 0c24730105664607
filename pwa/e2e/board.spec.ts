import { expect, test, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening } from './guests';
import { openHouse, type House } from './house';

// 「ご紹介できます」 in real browsers: put up from the list, found and asked for by a guest and by the host, passed in silence, offered, taken down.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

const board = (page: Page) => page.getByRole('link', { name: /ご紹介できます \d/ });

test('from the list to the board, and back', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const yamamoto = await device(browser);
  await comeIn(yamamoto.page, link, { name: '山本 健一', kana: 'ヤマモト ケンイチ', trade: '行政書士' });
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士', mail: 'sato@example.jp' });
  const list = yamamoto.page;
  await list.getByRole('link', { name: '知り合い' }).click();
  const quick = list.getByLabel('一行で足す');
  for (const line of ['ゴルフのYさん 税理士 船橋市 相続に強い', '工務店 市川市']) {
    await quick.fill(line);
    await quick.press('Enter');
    await expect(quick).toHaveValue('');
  }
  await expect(list.getByText('2人・自分だけに見えます')).toBeVisible();

  // What others will read stands there before it goes out, and a place so narrow is offered wider.
  await list.getByRole('button', { name: /ゴルフのYさん/ }).click();
  const sheet = list.getByRole('dialog');
  await sheet.getByLabel('自分用のメモ').fill('個人の相談は受けない');
  await expect(sheet.getByRole('radio', { name: /自分だけ/ })).toBeChecked();
  await sheet.getByRole('radio', { name: /「ご紹介できます」に出す/ }).check();
  const preview = sheet.getByRole('region', { name: 'ルームにはこう出ます' });
  await expect(preview).toContainText('税理士・船橋市');
  await expect(preview).not.toContainText('相続に強い');
  await expect(preview).not.toContainText('ゴルフ');
  await sheet.getByRole('checkbox', { name: '「できること」も出す' }).check();
  await expect(preview).toContainText('相続に強い');
  await sheet.getByRole('button', { name: '広げる' }).click();
  await expect(preview).toContainText('税理士・千葉県');
  await sheet.getByRole('button', { name: '保存' }).click();
  await expect(list.getByText('2人・うち1人が「ご紹介できます」に出ています')).toBeVisible();
  await expect(list.getByRole('button', { name: /ゴルフのYさん/ })).toContainText('公開中');

  // Sato finds it in the room, by the trade and the place, and asks with a need that she writes on the way.
  await expect(board(sato.page)).toContainText('1件');
  await board(sato.page).click();
  const row = (page: Page) => page.getByRole('listitem').filter({ hasText: '山本 健一さんのお知り合い' });
  await expect(row(sato.page)).toContainText('税理士・千葉県');
  await expect(row(sato.page)).toContainText('相続に強い');
  await expect(sato.page.getByText('工務店')).toHaveCount(0);
  await row(sato.page).getByRole('button', { name: 'お願いする' }).click();
  await sato.page.getByRole('button', { name: '新しい求むを出して、お願いする' }).click();
  const composer = sato.page.getByRole('dialog', { name: '求むを出す' });
  await expect(composer.getByLabel('どんな方を探していますか')).toHaveValue('税理士');
  await composer.getByLabel('どんな方を探していますか').fill('相続の相談にのれる税理士');
  await composer.getByRole('button', { name: '出す', exact: true }).click();
  await expect(row(sato.page).getByText('お願い中')).toBeVisible();
  await expect(sato.page.getByText('山本 健一さんにお願いしました').first()).toBeVisible();

  // Yamamoto alone is asked, and passes. For Sato nothing changes.
  await list.getByRole('link', { name: 'ルーム' }).click();
  await expect(list.getByText('佐藤 由美さんから: あなたの「ゴルフのYさん」をご紹介いただけますか')).toBeVisible();
  await list.getByRole('button', { name: /^見る/ }).first().click();
  await list.getByRole('dialog').getByRole('button', { name: '見送る' }).click();
  await list.getByRole('link', { name: '知り合い' }).click();
  await list.getByRole('link', { name: 'ルーム' }).click();
  await list.reload();
  await expect(list.getByText('相続の相談にのれる税理士').first()).toBeVisible();
  await expect(list.getByText('をご紹介いただけますか')).toHaveCount(0);
  await expect(row(sato.page).getByText('お願い中')).toBeVisible();

  // The host asks for the same need at the desk; the owner and Sato both see that it was the host.
  await host.page.getByRole('tab', { name: '紹介できる方' }).click();
  await row(host.page).getByRole('button', { name: 'お願いする' }).click();
  const ask = host.page.getByRole('dialog');
  await expect(ask.getByRole('radio', { name: /相続の相談にのれる税理士/ })).toBeChecked();
  await ask.getByRole('button', { name: 'ご紹介をお願いする' }).click();
  await expect(list.getByText('主催者 小林 恵さんからのお願い')).toBeVisible();
  await expect(sato.page.getByText('主催者 小林 恵さんが山本 健一さんに声をかけました').first()).toBeVisible();
  for (const other of [host.page, sato.page]) await expect(other.getByText(/ゴルフのYさん|個人の相談/)).toHaveCount(0);
  await list.getByRole('button', { name: /^見る/ }).first().click();
  await list.getByRole('dialog').getByRole('button', { name: '申し出る' }).click();
  await expect(sato.page.getByText('お願いしていること')).toHaveCount(0);
  await sato.page.goto(`${house.url}/e/${event}/goen`);
  await expect(sato.page.getByText('山本 健一さんからの申し出')).toBeVisible();

  // Taken down, it is gone from a phone that was away meanwhile.
  await sato.page.goto(`${house.url}/e/${event}/board`);
  await expect(row(sato.page)).toBeVisible();
  await sato.context.setOffline(true);
  await list.getByRole('link', { name: '知り合い' }).click();
  await list.getByRole('button', { name: /ゴルフのYさん/ }).click();
  await list.getByRole('dialog').getByRole('radio', { name: /自分だけ/ }).check();
  await list.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect(list.getByText('2人・自分だけに見えます')).toBeVisible();
  await expect(row(host.page)).toHaveCount(0);
  await sato.context.setOffline(false);
  await expect(row(sato.page)).toHaveCount(0);
  await expect(sato.page.getByText('まだ出ていません')).toBeVisible();
  for (const d of [host, yamamoto, sato]) expect(d.complaints).toEqual([]);
});
