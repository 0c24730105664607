import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { serve } from './serve';

// The frame around the screens, as it is built, under the strict policy. Needs `npm run build`.

const dist = join(import.meta.dirname, '../dist');
const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') heard.push(m.text());
  });
  page.on('pageerror', (e) => heard.push(e.message));
  return heard;
}

async function sees(page: Page): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run;
    const { violations } = await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
  });
  expect(found).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scroll').toBe(true);
}

const ready = (page: Page) => page.evaluate(() => navigator.serviceWorker.ready.then((r) => r.active?.state));
const buildOf = (page: Page) => page.locator('meta[name="goen:build"]').getAttribute('content');

let site: Awaited<ReturnType<typeof serve>>;
test.beforeAll(async () => {
  site = await serve(dist);
});
test.afterAll(() => site.close());

test('Japanese letters are letters here', async ({ page }) => {
  await page.goto(`${site.url}/about`);
  const same = await page.evaluate(() => {
    const draw = (letter: string) => {
      const c = document.createElement('canvas');
      c.width = c.height = 40;
      const ink = c.getContext('2d');
      if (!ink) throw new Error('no canvas');
      ink.font = '32px sans-serif';
      ink.fillText(letter, 2, 34);
      return c.toDataURL();
    };
    return draw('ご') === draw('縁');
  });
  expect(same, 'install fonts-noto-cjk').toBe(false);
});

test('the strict policy is kept, and the app opens without a network', async ({ page, context }) => {
  const heard = complaints(page);
  await page.goto(site.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await ready(page)).toBeTruthy();
  await page.reload();
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);

  await context.setOffline(true);
  await page.goto(`${site.url}/about`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await context.setOffline(false);

  // What the server renders by itself never comes from the shell.
  await page.goto(`${site.url}/c/AbCdEf`);
  await expect(page.getByRole('heading')).toHaveText('from the server');
  expect(heard).toEqual([]);
});

test('language and brightness stay chosen, from before the first paint', async ({ page }) => {
  const heard = complaints(page);
  await page.goto(`${site.url}/about`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await page.getByRole('radio', { name: 'English' }).check();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await page.reload({ waitUntil: 'commit' });
  await page.waitForFunction(() => document.body !== null);
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  expect(heard).toEqual([]);
});

test('a move takes the focus to the heading, and back returns to the place', async ({ page }) => {
  const heard = complaints(page);
  await page.goto(`${site.url}/nowhere`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('このページはありません');
  await page.getByRole('link', { name: 'はじめの画面へ' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('このページはありません');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(heard).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`everybody can use it, ${colorScheme}`, async ({ page }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    for (const path of ['/', '/about', '/nowhere']) {
      await page.goto(site.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await sees(page);
    }
    expect(heard).toEqual([]);
  });
}

test('a new version takes over: by a tap when one looks, by itself when nobody does', async ({ page }) => {
  const heard = complaints(page);
  const folder = mkdtempSync(join(tmpdir(), 'goen-'));
  const name = readFileSync(join(dist, 'build.txt'), 'utf8').trim();
  const next = (other: string): string => {
    const to = join(folder, other);
    cpSync(dist, to, { recursive: true });
    for (const f of ['index.html', 'sw.js', 'build.txt']) {
      writeFileSync(join(to, f), readFileSync(join(to, f), 'utf8').replaceAll(name, other));
    }
    return to;
  };
  try {
    await page.goto(`${site.url}/about`);
    await ready(page);
    await page.reload();
    expect(await buildOf(page)).toBe(name);

    // Something typed would be lost: the bar waits for a tap.
    site.show(next('bbbbbbbbbbbb'));
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r?.update().then(() => {})));
    await expect(page.getByText('新しい版があります')).toBeVisible();
    expect(await buildOf(page)).toBe(name);
    await page.getByRole('button', { name: '更新' }).click();
    await expect(page.locator('meta[name="goen:build"]')).toHaveAttribute('content', 'bbbbbbbbbbbb');
    await expect(page.getByText('新しい版があります')).toBeHidden();

    // Nobody looks and nothing is open: silently.
    site.show(next('cccccccccccc'));
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r?.update().then(() => {})));
    await expect(page.getByText('新しい版があります')).toBeVisible();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect(page.locator('meta[name="goen:build"]')).toHaveAttribute('content', 'cccccccccccc');
    expect((await page.evaluate(() => caches.keys())).length, 'this cache and the one before').toBe(2);
  } finally {
    site.show(dist);
    rmSync(folder, { recursive: true });
  }
  expect(heard).toEqual([]);
});
