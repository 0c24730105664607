import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

// A stand-in for the Go program in the tests of the frame: the files, the headers of the design, nothing else. Tests of what the app does
// drive the real program.

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html goen-sw',
].join('; ');

/** Serves a folder; show() changes it, as an upgrade does. */
export async function serve(folder: string): Promise<{ url: string; show(folder: string): void; close(): Promise<void> }> {
  let root = folder;
  const server: Server = createServer((req, res) => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    res.setHeader('Content-Security-Policy', policy);
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Cache-Control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (path.startsWith('/c/')) {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.end('<!doctype html><link rel="icon" href="data:,"><title>確認ページ</title><h1>from the server</h1>');
      return;
    }
    if (path === '/api/me') {
      res.setHeader('Content-Type', 'application/json');
      res.end('{"host":false,"events":[],"build":""}');
      return;
    }
    const wanted = join(root, path);
    const file = path !== '/' && existsSync(wanted) && statSync(wanted).isFile() ? wanted : undefined;
    if (!file && (path.includes('.') || path.startsWith('/api/'))) {
      res.statusCode = 404;
      res.end();
      return;
    }
    res.setHeader('Content-Type', types[extname(file ?? 'index.html')] ?? 'application/octet-stream');
    res.end(readFileSync(file ?? join(root, 'index.html')));
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return {
    url: `http://localhost:${address.port}`,
    show: (next) => {
      root = next;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
