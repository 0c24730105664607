import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { goen } from './tools/vite-goen.ts';

const server = process.env.GOEN_DEV_SERVER ?? 'http://localhost:8080';

const inside = /src\/(room|board|people|list|goen|desk|balance|live\/room|ui\/(Bond|Choice|Face|Meishi|Rows|TextArea|Thread))/;

export default defineConfig({
  plugins: [svelte({ configFile: false }), goen()],
  build: {
    outDir: 'dist',
    emptyOutDir: false, // goen() empties it, all but .gitkeep
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the screens of a room share is one piece: many small ones would each cost a line in the first script.
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'inside', test: inside, minShareCount: 2 }] } } },
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
