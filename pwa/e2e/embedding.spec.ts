import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { expect, test, type Page } from '@playwright/test';
import { chooseTrade, comeIn, device, doorLink, openEvening, post } from './guests';
import { openHouse, type House } from './house';

// Embeddings: the host's switch, what is told at the door and on one's own page, and what then leaves. With LOOKS=folder it leaves pictures there.

const pictures = process.env.LOOKS;
if (pictures) mkdirSync(pictures, { recursive: true });
const look = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/embedding-${name}.png`, fullPage: true });
};

let house: House;
let far: Server;
let where = '';
let came: string[] = [];

test.beforeEach(async () => {
  test.setTimeout(180_000);
  came = [];
  far = createServer((ask, answer) => {
    let body = '';
    ask.on('data', (b: Buffer) => (body += b.toString()));
    ask.on('end', () => {
      const { input } = JSON.parse(body) as { input: string[] };
      came.push(...input);
      answer.setHeader('Content-Type', 'application/json');
      answer.end(JSON.stringify({ data: input.map((_, index) => ({ index, embedding: [1, 0.5] })) }));
    });
  });
  await new Promise<void>((done) => far.listen(0, 'localhost', done));
  const address = far.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  where = `localhost:${address.port}`;
  house = await openHouse('--embed-url', `http://${where}/v1`, '--embed-model', 'small');
});
test.afterEach(async () => {
  await house.close();
  far.closeAllConnections();
  await new Promise((done) => far.close(done));
});
test.use({ actionTimeout: 10_000 });

test('the host switches it on, everybody reads it, and only texts of who agreed leave', async ({ browser }) => {
  const host = await device(browser);
  const event = await openEvening(host.page, house.hostLink, 'だれでも');
  const link = await doorLink(host);
  const sato = await device(browser);
  await comeIn(sato.page, link, { name: '佐藤 由美', kana: 'サトウ ユミ', trade: '社会保険労務士' });
  await sato.page.goto(`${house.url}/e/${event}/card`);
  await expect(sato.page.getByText('外部に送る文')).toHaveCount(0);

  await host.page.locator('#tab-needs').click();
  const set = host.page.getByRole('switch', { name: '意味の近さも使う' });
  await expect(set).not.toBeChecked();
  await set.click();
  await expect(set).toBeChecked();
  await expect(host.page.getByText(where)).toBeVisible();
  await look(host.page, 'desk');

  // Who was in already is told on their own page, and has not agreed.
  const mine = sato.page.getByRole('switch', { name: new RegExp(`自分の文を「${where}」に送ってよい`) });
  await expect(mine).not.toBeChecked();
  await look(sato.page, 'mine');
  await sato.page.goto(`${house.url}/e/${event}`);
  await post(sato.page, { who: '送られない文の税理士' });

  // Who comes reads it at the door; nothing is ticked for them.
  const yamamoto = await device(browser);
  await yamamoto.page.goto(link);
  const tick = yamamoto.page.getByRole('checkbox', { name: new RegExp(`自分の文を「${where}」に送ってよい`) });
  await expect(tick).not.toBeChecked();
  await tick.check();
  await look(yamamoto.page, 'door');
  await yamamoto.page.getByLabel('氏名').fill('山本 健一');
  await yamamoto.page.getByLabel('フリガナ').fill('ヤマモト ケンイチ');
  await chooseTrade(yamamoto.page, '行政書士');
  await yamamoto.page.getByText('会の運営とご紹介のために使うことに、同意します').click();
  await yamamoto.page.getByRole('button', { name: '参加する' }).click();
  await expect(yamamoto.page).toHaveURL(/\/e\//);
  await post(yamamoto.page, { who: '相続に強い税理士', why: '父のことで' });
  await expect.poll(() => came).toEqual(['相続に強い税理士']);

  // At any time the other way.
  await yamamoto.page.goto(`${house.url}/e/${event}/card`);
  const his = yamamoto.page.getByRole('switch', { name: new RegExp(`自分の文を「${where}」`) });
  await expect(his).toBeChecked();
  await his.click();
  await expect(his).not.toBeChecked();
  await sato.page.goto(`${house.url}/e/${event}/card`);
  await mine.click();
  await expect(mine).toBeChecked();
  await expect.poll(() => came).toEqual(['相続に強い税理士', '送られない文の税理士']);

  // In English and in the dark.
  for (const colorScheme of ['light', 'dark'] as const) {
    const other = await device(browser, { locale: 'en-US', colorScheme });
    await other.page.goto(link);
    await expect(other.page.getByRole('checkbox', { name: new RegExp(`My texts may go to “${where}”`) })).not.toBeChecked();
    await look(other.page, `door-en-${colorScheme}`);
    expect(await other.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const state = await sato.context.storageState();
    const again = await device(browser, { locale: 'en-US', colorScheme, storageState: state });
    await again.page.goto(`${house.url}/e/${event}/card`);
    await expect(again.page.getByRole('switch', { name: /My texts may go to/ })).toBeVisible();
    await look(again.page, `mine-en-${colorScheme}`);
    const desk = await device(browser, { locale: 'en-US', colorScheme, storageState: await host.context.storageState() });
    await desk.page.goto(`${house.url}/e/${event}/desk`);
    await desk.page.locator('#tab-needs').click();
    await expect(desk.page.getByRole('switch', { name: 'Use closeness of meaning, too' })).toBeChecked();
    await look(desk.page, `desk-en-${colorScheme}`);
  }

  await set.click();
  await expect(set).not.toBeChecked();
  await expect(mine).toHaveCount(0);
  for (const d of [host, sato, yamamoto]) expect(d.complaints).toEqual([]);
});

test('where the operator has named no server, nobody hears of it', async ({ browser }) => {
  const plain = await openHouse();
  const host = await device(browser);
  await openEvening(host.page, plain.hostLink, 'だれでも');
  await host.page.locator('#tab-needs').click();
  await expect(host.page.getByRole('switch', { name: '承認制' })).toBeVisible();
  await expect(host.page.getByRole('switch', { name: '意味の近さも使う' })).toHaveCount(0);
  await plain.close();
});
