import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './tools/browser.mjs';

const found = chromiumPath();

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: false,
  workers: 1, // a test drives several phones by itself
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.CI ? [['line']] : [['list']],
  use: {
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    viewport: { width: 390, height: 844 },
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { args: chromiumArgs, ...(found ? { executablePath: found } : {}) },
    ...(found ? {} : { channel: 'chrome' as const }),
    trace: 'retain-on-failure',
  },
});
