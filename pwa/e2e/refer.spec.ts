import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post } from './guests';
import { openHouse, type House } from './house';

// An acquaintance who needs somebody is brought to somebody here; and a need that one may answer oneself. With LOOKS=folder it leaves pictures.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

const pictures = process.env.LOOKS;
if (pictures) mkdirSync(pictures, { recursive: true });

async function look(page: Page, name: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: sideways scroll`).toBe(true);
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

test('an acquaintance is brought to who can help them', async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const yamamoto = await device(browser);
  await comeIn(yamamoto.page, link, { name: '山本 健一', kana: 'ヤマモト ケンイチ', trade: '行政書士', mail: 'yamamoto@example.jp' });
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', firm: '社会保険労務士法人みどり', trade: '社会保険労務士', mail: 'sato@example.jp' });
  const emily = await device(browser, { colorScheme: 'dark' });
  await comeIn(emily.page, link, { name: 'Emily Carter', kana: 'エミリー カーター', trade: '翻訳・通訳', mail: 'emily@example.jp' });

  // Yamamoto knows a factory that needs its work rules looked at.
  await yamamoto.page.goto(`${house.url}/e/${event}/list`);
  await yamamoto.page.getByLabel('一行で足す').fill('製造業 船橋市 30名');
  await yamamoto.page.getByLabel('一行で足す').press('Enter');
  await yamamoto.page.getByRole('button', { name: /製造業/ }).last().click();
  const entry = yamamoto.page.getByRole('dialog');
  await entry.getByLabel('困りごと・探していること').fill('就業規則を直したい');
  await entry.getByRole('button', { name: '保存' }).click();
  await expect(entry).toBeHidden();

  // He alone hears who may help, and offers in two taps.
  await yamamoto.page.getByRole('link', { name: 'ルーム' }).click();
  await expect(yamamoto.page.getByText('佐藤 由美さんが、あなたの「製造業・船橋市」のお役に立てるかもしれません')).toBeVisible();
  await look(yamamoto.page, 'refer-hint');
  await yamamoto.page.getByRole('button', { name: /^見る/ }).click();
  const hint = yamamoto.page.getByRole('dialog');
  await expect(hint.getByLabel('お困りごと・お探しのこと')).toHaveValue('就業規則を直したい');
  await expect(hint.getByRole('button', { name: '違う' })).toBeVisible();
  await look(yamamoto.page, 'refer-sheet');
  await hint.getByRole('button', { name: 'ご紹介を申し出る' }).click();
  await expect(yamamoto.page.getByText('佐藤 由美さんに申し出ました')).toBeVisible();
  await expect(sato.page.getByText(/お役に立てるかもしれません/)).toHaveCount(0);

  // She reads what is needed, nameless, and wants it.
  await sato.page.getByRole('link', { name: /ご縁/ }).click();
  await sato.page.getByText('山本 健一さんから、ご相談のご紹介').click();
  await expect(sato.page.getByRole('heading', { name: '山本 健一さんのお知り合いが、お力を探しています。' })).toBeVisible();
  await expect(sato.page.getByText('就業規則を直したい')).toBeVisible();
  await look(sato.page, 'refer-received');
  await sato.page.getByRole('button', { name: 'ぜひお願いします' }).click();
  const want = sato.page.getByRole('dialog');
  await want.getByRole('textbox').first().fill('就業規則の見直しをお手伝いできます');
  await want.getByRole('radio', { name: 'いいえ' }).check();
  await want.getByRole('checkbox', { name: /メール/ }).check();
  await want.getByRole('button', { name: 'お願いする' }).click();
  await expect(want).toBeHidden();

  // The factory's owner decides on a page of their own.
  await yamamoto.page.getByRole('link', { name: /ご縁/ }).click();
  await yamamoto.page.getByText('佐藤 由美さんへ、お知り合いのご相談').click();
  await yamamoto.page.getByRole('button', { name: '確認ページのリンクを作る' }).click();
  const text = yamamoto.page.getByRole('textbox');
  await expect(text).toHaveValue(/就業規則を直したい[\s\S]*\/c\//);
  await look(yamamoto.page, 'refer-asking');
  const page = /https?:\/\/\S+\/c\/\S+/.exec(await text.inputValue())![0];
  const absent = await device(browser);
  await absent.page.goto(page);
  await expect(absent.page.getByText('山本 健一さんが、ご相談先をご紹介したいとのことです。')).toBeVisible();
  await expect(absent.page.getByText('就業規則を直したい')).toBeVisible();
  await look(absent.page, 'refer-consent');
  await absent.page.getByRole('textbox', { name: 'お名前' }).fill('田中 誠');
  await absent.page.getByRole('textbox', { name: 'メール' }).fill('tanaka@example.jp');
  await absent.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(absent.page.getByText('おつなぎしました。')).toBeVisible();
  await expect(sato.page.getByText('田中 誠').first()).toBeVisible();
  await look(sato.page, 'refer-connected');
  await expect(yamamoto.page.getByText('田中 誠').first()).toBeVisible();
  await host.page.getByRole('tab', { name: 'ご紹介', exact: true }).click();
  await expect(host.page.getByText('ご相談のご紹介')).toBeVisible();
  await expect(host.page.getByText('田中 誠')).toHaveCount(0);

  // What one could answer oneself; here in English, and it is no fit.
  await post(emily.page, { who: '就業規則に詳しい社労士さん' });
  const english = await device(browser, { locale: 'en-US', colorScheme: 'dark', storageState: await sato.context.storageState() });
  await english.page.goto(`${house.url}/e/${event}`);
  await expect(english.page.getByText('You yourself may be able to help Emily Carter')).toBeVisible();
  await look(english.page, 'self-hint-en-dark');
  await english.page.getByRole('button', { name: /^See/ }).click();
  await look(english.page, 'self-sheet-en-dark');
  await english.page.getByRole('button', { name: 'Not a fit' }).click();
  await expect(english.page.getByText('You yourself may be able to help Emily Carter')).toHaveCount(0);

  // From a person's page, too: whoever has somebody with a need may bring them.
  await yamamoto.page.goto(`${house.url}/e/${event}/people`);
  await yamamoto.page.getByText('Emily Carter').click();
  await yamamoto.page.getByRole('button', { name: 'Emily Carterさんへのご紹介' }).click();
  const bring = yamamoto.page.getByRole('dialog');
  await bring.getByText('製造業').first().click();
  await bring.getByLabel('お困りごと・お探しのこと').fill('鈴木様の就業規則');
  await bring.getByRole('button', { name: 'ご紹介を申し出る' }).click();
  await expect(bring.getByText('お名前・連絡先は書かないでください').first()).toBeVisible();
  await look(yamamoto.page, 'refer-person');
  await expect(bring.getByLabel('お困りごと・お探しのこと')).toHaveValue('鈴木様の就業規則');

  for (const [name, d] of Object.entries({ host, yamamoto, sato, emily, absent, english })) expect(d.complaints, name).toEqual([]);
});
