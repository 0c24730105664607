import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';

// Every component of the design system on one page, which is not in the build.

const root = join(import.meta.dirname, '..');
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
let dev: ViteDevServer;
let kitchen: string;

test.beforeAll(async () => {
  dev = await createServer({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', server: { port: 0, host: 'localhost' } });
  await dev.listen();
  kitchen = `${dev.resolvedUrls?.local[0]}src/dev/kitchen.html`;
});
test.afterAll(() => dev.close());

for (const theme of ['light', 'dark']) {
  for (const [width, height] of [[360, 740], [390, 844], [1280, 800]] as const) {
    test(`no barrier, ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      for (const open of ['', '&sheet', '&toast']) {
        await page.goto(`${kitchen}?theme=${theme}${open}`);
        await page.getByRole('img', { name: '参加のQRコード' }).waitFor({ state: 'attached' });
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          type Run = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] };
          const run = (globalThis as unknown as { axe: { run(o: object): Promise<Run> } }).axe.run;
          const { violations } = await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
          return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html + n.failureSummary).join('\n')}`);
        });
        expect(found).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scroll').toBe(true);
      }
    });
  }
}

test('everything one taps is 44 px', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${kitchen}?sheet`);
  await page.getByRole('dialog').waitFor();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a, label:has(input), input:not([type=radio], [type=checkbox]), textarea')]
      .map((e) => ({ what: e.outerHTML.slice(0, 80), box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 43.9 || box.height < 43.9)
      .map(({ what, box }) => `${box.width}x${box.height} ${what}`),
  );
  expect(small).toEqual([]);
});

test('a sheet keeps the focus, closes by Escape, by a tap beside it and by its button, and gives the focus back', async ({ page }) => {
  await page.goto(kitchen);
  const opener = page.getByRole('button', { name: 'ご本人への文面をつくる' });
  const sheet = page.getByRole('dialog', { name: 'どなたですか' });
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => page.mouse.click(100, 60),
    () => sheet.getByRole('button', { name: '閉じる' }).click(),
  ]) {
    await opener.click();
    await expect(sheet).toBeVisible();
    await expect(sheet.getByRole('heading')).toBeFocused();
    for (let i = 0; i < 12; i++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null)).toBe(true);
    await close();
    await expect(sheet).toBeHidden();
    await expect(opener).toBeFocused();
  }
});

test('chips: one, none again, many', async ({ page }) => {
  await page.goto(`${kitchen}?sheet`);
  const one = page.getByRole('radio', { name: 'ゴルフのYさん' });
  await one.check();
  await expect(one).toBeChecked();
  await one.click();
  await expect(one).not.toBeChecked();
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: '製造' }).check();
  await expect(page.getByRole('checkbox', { name: '士業' })).toBeChecked();
});

test('an undo bar goes by itself, but not while somebody is on it', async ({ page }) => {
  await page.clock.install();
  await page.goto(kitchen);
  await page.getByRole('button', { name: 'お知らせを出す' }).click();
  const undo = page.getByRole('button', { name: '元に戻す' });
  await undo.hover();
  await page.clock.runFor(10_000);
  await expect(undo).toBeVisible();
  await page.mouse.move(5, 5);
  await page.clock.runFor(5_100);
  await expect(undo).toBeHidden();
});
