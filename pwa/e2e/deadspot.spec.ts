import { expect, test } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post } from './guests';
import { openHouse, type House } from './house';

// Scene 13: the net is gone, people go on, and the server restarts meanwhile, once in peace and once killed.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

test('what was written in a dead spot arrives once', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser);
  await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const emily = await device(browser, { locale: 'en-US' });
  await emily.page.goto(link);
  await emily.page.getByLabel('Name', { exact: true }).fill('Emily Carter');
  await emily.page.getByRole('button', { name: 'Find another trade' }).click();
  const sheet = emily.page.getByRole('dialog');
  await sheet.getByRole('textbox').or(sheet.getByRole('searchbox')).first().fill('translation');
  await sheet.getByText(/translation/i).last().click();
  await emily.page.getByRole('checkbox').first().check();
  await emily.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(emily.page.getByText('第12回 船橋ご縁交流会').first()).toBeVisible();

  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士', mail: 'sato@example.jp' });
  const withdrawn = await device(browser);
  await comeIn(withdrawn.page, link, { name: '高橋 大輔', kana: 'タカハシ ダイスケ', trade: '塗装' });
  await post(withdrawn.page, { who: '足場を貸してくださる方' });
  await expect(sato.page.getByText('足場を貸してくださる方')).toBeVisible();

  // Sato goes down to the basement, offers herself and posts a need there.
  await sato.context.setOffline(true);
  await sato.page.getByRole('button', { name: '心当たりあり' }).click();
  await sato.page.getByText('私がお役に立てます').click();
  const offer = sato.page.getByRole('dialog');
  await offer.getByRole('checkbox', { name: /メール/ }).check();
  await offer.getByRole('button', { name: '申し出る' }).click();
  await post(sato.page, { who: '助成金に詳しい方' });
  await expect(sato.page.getByText('送信待ち').first()).toBeVisible();
  await expect(sato.page.getByText(/圏外/).first()).toBeVisible();

  // Meanwhile the need is withdrawn, and the server restarts.
  await withdrawn.page.getByRole('button', { name: 'この求むの操作' }).click();
  await withdrawn.page.getByText('取り下げる').click();
  await expect(emily.page.getByText('足場を貸してくださる方')).toHaveCount(0, { timeout: 20_000 }); // it may be undone for 5 s
  await house.restart();
  await house.restart('SIGKILL');

  // Back upstairs, even after the phone was opened anew.
  await sato.page.reload();
  await sato.context.setOffline(false);
  await expect(emily.page.getByText('助成金に詳しい方')).toHaveCount(1, { timeout: 20_000 });
  await expect(sato.page.getByText('送信待ち')).toHaveCount(0);
  await expect(sato.page.getByText(/募集は終了しました/).first()).toBeVisible();
  await expect(sato.page.getByText('助成金に詳しい方')).toHaveCount(1);
  for (const [name, d] of Object.entries({ host, emily, sato, withdrawn })) expect(d.complaints, name).toEqual([]);
});
