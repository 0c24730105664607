import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Plugin, type Rolldown } from 'vite';

// What our build does beyond Vite's: the boot script, the name of the build, the service worker with its list, and the .br and .gz forms.

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** The graph of chunks, for tools/size.mjs. */
const graphFile = join(root, 'node_modules/.goen/graph.json');

export type Graph = { entry: string; chunks: Record<string, { src: string | undefined; imports: string[]; css: string[] }> };

/** Compiles one script to one file without imports. */
async function alone(file: string, define: Record<string, string> = {}): Promise<string> {
  const out = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    define,
    build: {
      write: false,
      rolldownOptions: { input: join(root, file), output: { format: 'iife', entryFileNames: 'it.js' } },
      modulePreload: false,
    },
  });
  const [made] = [out].flat() as Rolldown.RolldownOutput[];
  const chunk = made?.output.find((o) => o.type === 'chunk');
  if (!chunk) throw new Error(`${file} gave no code`);
  return chunk.code;
}

function hash(...parts: (string | Uint8Array)[]): string {
  const h = createHash('sha256');
  for (const part of parts) h.update(part).update('\0');
  return h.digest('hex').slice(0, 12);
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => join(f.parentPath, f.name))
    .sort();
}

export function goen(): Plugin[] {
  let bootCode = '';
  let bootFile = '';
  let buildName = '';
  let graph: Graph = { entry: '', chunks: {} };

  /** The chunk made of a source file and everything it imports statically. */
  function withImports(src: string): string[] {
    const first = Object.keys(graph.chunks).find((f) => graph.chunks[f]?.src === src);
    const all = new Set(first ? [first] : []);
    for (const f of all) for (const i of graph.chunks[f]?.imports ?? []) all.add(i);
    return [...all];
  }

  return [
    {
      name: 'goen:dev',
      apply: 'serve',
      transformIndexHtml: () => [{ tag: 'script', attrs: { src: '/src/boot.ts', type: 'module' }, injectTo: 'head' }],
    },
    {
      name: 'goen:build',
      apply: 'build',
      async buildStart() {
        // dist/.gitkeep stays: Go compiles without a build because of it.
        for (const name of readdirSync(dist)) if (name !== '.gitkeep') rmSync(join(dist, name), { recursive: true });
        bootCode = await alone('src/boot.ts');
        bootFile = `assets/boot-${hash(bootCode).slice(0, 8)}.js`;
        this.emitFile({ type: 'asset', fileName: bootFile, source: bootCode });
      },
      transformIndexHtml: {
        order: 'post',
        handler(html, { bundle }) {
          graph = { entry: '', chunks: {} };
          for (const o of Object.values(bundle ?? {})) {
            if (o.type !== 'chunk') continue;
            if (o.isEntry) graph.entry = o.fileName;
            const css = [...(o.viteMetadata?.importedCss ?? [])];
            graph.chunks[o.fileName] = { src: o.facadeModuleId?.replace(`${root}/`, ''), imports: o.imports, css };
          }
          const initial = new Set(withImports('index.html'));
          const soon = (src: string) => withImports(src).filter((f) => !initial.has(f)).map((f) => `/${f}`);
          const early = {
            ja: soon('src/i18n/ja.ts'),
            en: soon('src/i18n/en.ts'),
            'ja/inside': soon('src/i18n/ja/inside.ts'),
            'en/inside': soon('src/i18n/en/inside.ts'),
            home: soon('src/screens/Home.svelte'),
            join: soon('src/screens/Join.svelte'),
            room: soon('src/screens/Room.svelte'),
          };
          const kept = filesIn(join(root, 'public')).map((f) => readFileSync(f));
          const sw = readFileSync(join(root, 'src/sw.ts'));
          buildName = hash(html, ...Object.keys(bundle ?? {}).sort(), bootCode, JSON.stringify(early), sw, ...kept);
          return [
            { tag: 'meta', attrs: { name: 'goen:build', content: buildName }, injectTo: 'head' },
            { tag: 'meta', attrs: { name: 'goen:early', content: JSON.stringify(early) }, injectTo: 'head' },
            { tag: 'script', attrs: { src: `/${bootFile}` }, injectTo: 'head' },
          ];
        },
      },
      async closeBundle() {
        writeFileSync(join(dist, 'build.txt'), `${buildName}\n`);
        const names = filesIn(dist).map((f) => f.slice(dist.length));
        const files = ['/', ...names.filter((n) => n.startsWith('/assets/') || n === '/manifest.webmanifest' || n === '/icons/mark.svg')];
        const define = { BUILD: JSON.stringify(buildName), FILES: JSON.stringify(files) };
        writeFileSync(join(dist, 'sw.js'), await alone('src/sw.ts', define));
        for (const f of filesIn(dist)) {
          if (!/\.(html|js|css|svg|json|webmanifest)$/.test(f)) continue;
          const text = readFileSync(f);
          writeFileSync(`${f}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
          writeFileSync(`${f}.gz`, gzipSync(text, { level: 9 }));
        }
        mkdirSync(join(graphFile, '..'), { recursive: true });
        writeFileSync(graphFile, JSON.stringify(graph, null, 1));
      },
    },
  ];
}
