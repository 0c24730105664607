import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { device, fillIn } from './guests';
import { openHouse, type House } from './house';

// A newcomer starts the demo and looks around: as the twenty-fifth guest, and in the host's place, in English.

let house: House;
test.beforeAll(async () => {
  house = await openHouse('demo');
});
test.afterAll(() => house.close());
test.use({ actionTimeout: 10_000 });

const pictures = process.env.LOOKS;
const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: join(pictures, `demo-${name}.png`) });
};

test('a newcomer in a living room', async ({ browser }) => {
  test.setTimeout(120_000);
  const guest = await device(browser);
  await guest.page.goto(house.url);
  await expect(guest.page.getByText('デモ会場です').first()).toBeVisible();
  await picture(guest.page, 'home');
  await guest.page.getByRole('button', { name: '25人目として参加する' }).click();
  await expect(guest.page.getByText('第12回 船橋ご縁交流会')).toBeVisible();
  await fillIn(guest.page, { name: '岡田 剛', kana: 'オカダ ゴウ', trade: '製造業', mail: 'okada@example.jp' });
  await expect(guest.page.getByText('デモ会場です').first()).toBeVisible();
  await expect(guest.page.getByRole('button', { name: /心当たり/ }).first()).toBeVisible(); // somebody has said what they need
  await picture(guest.page, 'room');

  const host = await device(browser, { locale: 'en-US', colorScheme: 'dark' });
  await host.page.goto(house.url);
  await host.page.getByRole('button', { name: 'Take the host’s seat' }).click();
  await expect(host.page.getByText('This opens')).toBeVisible();
  await host.page.getByRole('radio', { name: 'Keep using it' }).check();
  await host.page.getByRole('button', { name: 'Open on this device' }).click();
  await expect(host.page).toHaveURL(/\/e\//);
  await expect(host.page.getByText('This is a demo').first()).toBeVisible();
  await host.page.goto(`${host.page.url()}/desk`);
  await expect(host.page.getByText('25').first()).toBeVisible();
  await picture(host.page, 'desk');
  expect([...guest.complaints, ...host.complaints]).toEqual([]);
});
