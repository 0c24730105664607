// The budget of the first visit: what a phone must fetch before a guest who scanned the code can join. Fails when it is over.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const LIMITS = { js: 45_000, css: 14_000, view: 70_000 }; // bytes: br, gz, br

const graph = JSON.parse(readFileSync(join(root, 'node_modules/.goen/graph.json'), 'utf8'));
const bytes = (file, form) => statSync(join(dist, `${file}.${form}`)).size;

function chunksOf(src) {
  const first = Object.keys(graph.chunks).find((f) => graph.chunks[f].src === src);
  if (!first) throw new Error(`${src} is not a chunk; build first, or tell tools/size.mjs its new name`);
  const all = new Set([first]);
  for (const f of all) for (const i of graph.chunks[f].imports) all.add(i);
  return all;
}

const boot = readFileSync(join(dist, 'index.html'), 'utf8').match(/assets\/boot-[\w-]+\.js/)[0];
const chunks = new Set([...chunksOf('index.html'), ...chunksOf('src/i18n/ja.ts'), ...chunksOf('src/screens/Join.svelte')]);
const css = new Set([...chunks].flatMap((f) => graph.chunks[f].css));

const rows = [...[...chunks, boot].map((f) => [f, bytes(f, 'br'), bytes(f, 'gz')]), ...[...css].map((f) => [f, bytes(f, 'br'), bytes(f, 'gz')])];
for (const [f, br, gz] of rows) console.log(`${String(br).padStart(7)} br ${String(gz).padStart(7)} gz  ${f}`);

const js = [...chunks, boot].reduce((n, f) => n + bytes(f, 'br'), 0);
const style = [...css].reduce((n, f) => n + bytes(f, 'gz'), 0);
const view = js + [...css].reduce((n, f) => n + bytes(f, 'br'), 0) + bytes('index.html', 'br');

let over = false;
for (const [what, n, limit] of [
  ['initial JS (br)', js, LIMITS.js],
  ['initial CSS (gz)', style, LIMITS.css],
  ['first view (br)', view, LIMITS.view],
]) {
  const bad = n > limit;
  over ||= bad;
  console.log(`${what}: ${n} of ${limit}${bad ? '  OVER' : ''}`);
}
process.exit(over ? 1 : 0);
