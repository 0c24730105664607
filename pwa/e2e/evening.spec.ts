import { expect, test } from '@playwright/test';
import { comeIn, device, doorLink, openEvening, post } from './guests';
import { openHouse, type House } from './house';

// One evening in real browsers: a host, three guests, the screen and the absent person's phone at once, against the real program.

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

test('from the first link to the contact at home', async ({ browser }) => {
  test.setTimeout(240_000);

  // The host opens the evening, and the projector becomes its screen by the code that it shows.
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink);
  const tab = (name: string) => host.page.getByRole('tab', { name });
  const wall = await device(browser, { viewport: { width: 1280, height: 800 } });
  await wall.page.goto(`${house.url}/screen`);
  const shown = wall.page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await expect(shown).toBeVisible();
  await tab('スクリーン').click();
  await host.page.getByLabel('スクリーンの番号').fill(await shown.innerText());
  await host.page.getByRole('button', { name: 'スクリーンに映す' }).click();
  await expect(wall.page.getByRole('heading', { name: '第12回 船橋ご縁交流会' })).toBeVisible();
  await expect(wall.page.getByText('1人が参加中')).toBeVisible();

  // Guests come by the link of the QR, wait with their number, and are tapped in at the desk.
  const link = await doorLink(host);
  const admit = async (name: string) => {
    await expect(host.page.getByText(name, { exact: true }).first()).toBeVisible();
    await host.page.getByRole('button', { name: '入室OK' }).first().click();
  };
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', firm: '社会保険労務士法人みどり', trade: '社会保険労務士', mail: 'sato@example.jp' });
  await expect(sato.page.getByText('受付をお待ちください')).toBeVisible();
  await admit('佐藤 由美');
  const ask = sato.page.getByRole('button', { name: '困りごと・探している人' });
  await expect(ask).toBeVisible();
  const yamamoto = await device(browser);
  await comeIn(yamamoto.page, link, { name: '山本 健一', kana: 'やまもと けんいち', firm: '行政書士やまもと事務所', trade: '行政書士' });
  await admit('山本 健一');
  // Takahashi types the code of the screen; he has no firm, and nobody minds.
  const takahashi = await device(browser);
  await takahashi.page.goto(`${house.url}/j`);
  const code = await wall.page.getByText(/[2-9A-Z]{4}-[2-9A-Z]{4}$/).innerText();
  await takahashi.page.getByLabel('会場の番号').fill((/[2-9A-Z]{4}-[2-9A-Z]{4}$/.exec(code)?.[0] ?? '').toLowerCase());
  await takahashi.page.getByRole('button', { name: '番号で入る' }).click();
  await expect(takahashi.page.getByText('会場のスクリーンと同じ言葉なら、本物です。')).toBeVisible();
  await comeIn(takahashi.page, link, { name: '高橋 大輔', kana: 'タカハシ ダイスケ', trade: '塗装' });
  await admit('高橋 大輔');
  await expect(wall.page.getByText('4人が参加中')).toBeVisible();

  // Yamamoto adds whom he knows: one in a line, three by tapping.
  await yamamoto.page.getByRole('link', { name: '知り合い' }).click();
  const quick = yamamoto.page.getByLabel('一行で足す');
  await quick.fill('ゴルフのTさん 製造業 船橋市 30名');
  await expect(yamamoto.page.getByText('30〜99人')).toBeVisible();
  await quick.press('Enter');
  await expect(yamamoto.page.getByText('1人・自分だけに見えます')).toBeVisible();
  await yamamoto.page.getByRole('button', { name: 'トントン入力' }).click();
  for (const trade of ['弁護士', '税理士', '建築士']) {
    await yamamoto.page.getByRole('dialog').getByRole('button', { name: trade }).first().click();
  }
  await yamamoto.page.getByRole('button', { name: '終わる' }).click();
  await expect(yamamoto.page.getByText('4人・自分だけに見えます')).toBeVisible();

  // The phase moves on all phones, Sato posts what she needs, and a phone number in a need is refused and kept.
  await tab('進行').click();
  await host.page.getByRole('button', { name: '次へ: 求む' }).click();
  await expect(sato.page.getByText('困りごと、会いたい方を、ひとつ出してみましょう。')).toBeVisible();
  await post(takahashi.page, { who: '鈴木様 090-1234-5678 が税理士を探しています' });
  const refused = takahashi.page.getByRole('dialog');
  await expect(refused.getByText(/連絡先は書かないでください/).first()).toBeVisible();
  await expect(refused.getByLabel('どんな方を探していますか')).toHaveValue('鈴木様 090-1234-5678 が税理士を探しています');
  await takahashi.page.keyboard.press('Escape');
  await post(sato.page, { who: '従業員30名前後の製造業の社長', area: '船橋市周辺', why: '就業規則の相談に乗れます' });
  for (const phone of [takahashi.page, wall.page]) await expect(phone.getByText('従業員30名前後の製造業の社長').first()).toBeVisible();

  // Only Yamamoto is told, and only privately.
  await yamamoto.page.getByRole('link', { name: 'ルーム' }).click();
  await expect(yamamoto.page.getByText('あなたの「ゴルフのTさん」が佐藤 由美さんのお役に立てるかもしれません')).toBeVisible();
  for (const reason of ['業種一致', '同じ市', '規模一致']) await expect(yamamoto.page.getByText(reason).first()).toBeVisible();
  for (const phone of [host.page, sato.page, takahashi.page, wall.page]) await expect(phone.getByText('ゴルフのTさん')).toHaveCount(0);
  await yamamoto.page.getByRole('button', { name: /^見る/ }).first().click();
  await yamamoto.page.getByRole('dialog').getByRole('button', { name: '申し出る' }).click();
  await expect(wall.page.getByText('1人が心当たり')).toBeVisible();

  // Sato says ぜひ; Yamamoto gets a link and a text in his own voice.
  await sato.page.getByRole('link', { name: /ご縁/ }).click();
  await sato.page.getByText('山本 健一さんからの申し出').click();
  await sato.page.getByRole('button', { name: 'ぜひお願いします' }).click();
  const want = sato.page.getByRole('dialog');
  await want.getByLabel('お会いしたい理由を一言で').fill('就業規則の整備でお役に立てそうです');
  await want.getByRole('radio', { name: 'いいえ' }).check();
  await want.getByRole('checkbox', { name: /メール/ }).check();
  await want.getByRole('button', { name: 'お願いする' }).click();
  await yamamoto.page.getByRole('link', { name: /ご縁/ }).click();
  await yamamoto.page.getByText('佐藤 由美さんへの申し出').click();
  await yamamoto.page.getByRole('button', { name: '確認ページのリンクを作る' }).click();
  const text = await yamamoto.page.getByLabel('ご本人への文面').inputValue();
  expect(text).toContain('山本 健一です');
  expect(text).not.toContain('佐藤');
  await expect(yamamoto.page.getByRole('link', { name: 'LINEで送る' })).toHaveAttribute('href', /^https:\/\/line\.me\/R\//);
  const consent = /http\S+\/c\/\S+/.exec(text)![0];

  // Tanaka's phone: no app, no account, no script.
  const tanaka = await device(browser, { javaScriptEnabled: false });
  await tanaka.page.goto(consent);
  await expect(tanaka.page).toHaveTitle('山本 健一さんからのご紹介の確認');
  await expect(tanaka.page.getByText('就業規則の整備でお役に立てそうです')).toBeVisible();
  await tanaka.page.getByRole('link', { name: 'English' }).click();
  await expect(tanaka.page.getByRole('button', { name: 'I\'d like to meet' }).or(tanaka.page.getByRole('button', { name: 'I’d like to meet' }))).toBeVisible();
  await tanaka.page.getByRole('link', { name: '日本語' }).click();
  await tanaka.page.getByLabel('お名前').fill('田中 誠');
  await tanaka.page.getByLabel('フリガナ').fill('たなか まこと');
  await tanaka.page.getByLabel('会社名・屋号').fill('田中精工');
  await tanaka.page.getByLabel('メール').fill('tanaka@example.jp');
  await tanaka.page.getByRole('button', { name: '会ってみたい' }).click();
  await expect(tanaka.page.getByRole('heading', { name: 'おつなぎしました。' })).toBeVisible();
  await expect(tanaka.page.getByText('sato@example.jp')).toBeVisible();

  // Names meet, for these two; the host sees that it came to be, and nobody else anything.
  await expect(sato.page.getByText('tanaka@example.jp')).toBeVisible();
  await expect(sato.page.getByText('タナカ マコト')).toBeVisible();
  await expect(yamamoto.page.getByRole('heading', { name: 'おつなぎしました' })).toBeVisible();
  await expect(yamamoto.page.getByText('田中 誠').first()).toBeVisible();
  await expect(yamamoto.page.getByText('tanaka@example.jp')).toHaveCount(0);
  await tab('ご紹介').click();
  await expect(host.page.getByText('山本 健一さん → 佐藤 由美さん')).toBeVisible();
  await expect(host.page.getByText('成立').last()).toBeVisible();
  for (const phone of [host.page, takahashi.page, wall.page]) await expect(phone.getByText('田中')).toHaveCount(0);
  expect(house.said()).not.toMatch(/田中|tanaka@/);

  // Home with it: one by one and all.
  await sato.page.goto(`${house.url}/e/${event}/contacts`);
  await expect(sato.page.getByText('田中 誠').first()).toBeVisible();
  await expect(sato.page.getByText(/山本 健一さんの紹介/)).toBeVisible();
  const csv = sato.page.waitForEvent('download');
  await sato.page.getByRole('link', { name: /CSV/ }).click();
  const file = await (await csv).createReadStream();
  const bytes = Buffer.concat(await file.toArray()).toString('utf8');
  expect(bytes.charCodeAt(0)).toBe(0xfeff);
  expect(bytes).toContain('田中 誠,タナカ マコト,田中精工');
  const card = sato.page.waitForEvent('download');
  await sato.page.getByRole('link', { name: '田中 誠さんを連絡先に保存' }).click();
  expect(await (await (await card).createReadStream()).toArray().then((b) => Buffer.concat(b).toString())).toContain('X-PHONETIC-FIRST-NAME:マコト');

  // Tanaka takes it back, and he is gone.
  await tanaka.page.getByRole('button', { name: '取り消す' }).click();
  await expect(tanaka.page.getByRole('heading', { name: '取り消しました。' })).toBeVisible();
  await expect(sato.page.getByText('田中 誠')).toHaveCount(0);

  // The host hides a need and closes; the screen says thank you.
  await tab('仲立ち').click();
  await host.page.getByRole('button', { name: /非表示/ }).first().click();
  await expect(takahashi.page.getByText('従業員30名前後の製造業の社長')).toHaveCount(0);
  await tab('進行').click();
  await host.page.getByRole('button', { name: '会を閉じる' }).click();
  await host.page.getByRole('button', { name: '閉じる', exact: true }).last().click();
  await expect(wall.page.getByText('ありがとうございました')).toBeVisible();

  for (const [name, d] of Object.entries({ host, wall, sato, yamamoto, takahashi, tanaka })) expect(d.complaints, name).toEqual([]);
});
