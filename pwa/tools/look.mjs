// Development only: pictures of the kitchen. node tools/look.mjs URL OUTDIR
import { chromium } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './browser.mjs';
import { join } from 'node:path';

const [, , base = 'http://localhost:5173', out = '.'] = process.argv;
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs });
for (const theme of ['light', 'dark']) {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log(m.text()));
  page.on('pageerror', (e) => console.log('PAGE', e.message));
  await page.goto(`${base}/src/dev/kitchen.html?theme=${theme}`);
  await page.waitForSelector('svg[role=img] path');
  const h = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let i = 0, y = 0; y < h; i++, y += 720) {
    await page.evaluate((to) => scrollTo(0, to), y);
    await page.waitForTimeout(80);
    await page.screenshot({ path: join(out, `${theme}-${i}.png`) });
  }
  await page.goto(`${base}/src/dev/kitchen.html?theme=${theme}&sheet&toast`);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(out, `${theme}-sheet.png`) });
  await page.goto(`${base}/src/dev/kitchen.html?theme=${theme}&toast`);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(out, `${theme}-toast.png`) });
  await page.close();
}
await browser.close();
