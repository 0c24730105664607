import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Chromium to drive: $CHROMIUM, else chromium on the PATH, else undefined (then Playwright looks for Chrome). Never one that is downloaded. */
export function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return (process.env.PATH ?? '')
    .split(':')
    .flatMap((dir) => ['chromium', 'chromium-browser'].map((name) => join(dir, name)))
    .find((file) => existsSync(file));
}

export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
