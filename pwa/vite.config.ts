import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { goen } from './tools/vite-goen.ts';

const server = process.env.GOEN_DEV_SERVER ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [svelte({ configFile: false }), goen()],
  build: {
    outDir: 'dist',
    emptyOutDir: false, // goen() empties it, all but .gitkeep
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': server,
      '^/c/': server,
      '/ws': { target: server, ws: true },
    },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
});
