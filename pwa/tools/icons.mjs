// Renders the icons of the manifest from public/icons/mark.svg: `npm run icons`, after a change of the mark. The results are in git.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './browser.mjs';

const dir = join(import.meta.dirname, '../public/icons');
const mark = readFileSync(join(dir, 'mark.svg'), 'utf8');
// Platforms cut these to their own shape: the ground goes to the edge, and for maskable the mark stays inside the safe circle.
const full = mark.replace(/ rx="\d+"/, '');
const small = full.replace(/(<rect[^>]*>)([\s\S]*)(<\/svg>)/, '$1<g transform="translate(256 256) scale(.8) translate(-256 -256)">$2</g>$3');

const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs });
for (const [file, size, svg] of [
  ['mark-192.png', 192, mark],
  ['mark-512.png', 512, mark],
  ['maskable-512.png', 512, small],
  ['touch-180.png', 180, full],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${svg}`);
  await page.screenshot({ path: join(dir, file), omitBackground: true });
  await page.close();
}
await browser.close();
