import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

// What the strict policy (CSP and Trusted Types) would break at run time is refused here already.

const root = join(import.meta.dirname, '..');
const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((f) => f.isFile() && /\.(svelte|ts|html|css)$/.test(f.name))
  .map((f) => join(f.parentPath, f.name))
  .concat(join(root, 'index.html'));

const never: [RegExp, string][] = [
  [/\{@html/, 'no {@html}'],
  [/\sstyle="/, 'no style attribute: use style:name={...}'],
  [/\.(innerHTML|outerHTML|insertAdjacentHTML)\b/, 'no HTML from strings'],
  [/\b(eval|new Function)\(/, 'no code from strings'],
  [/<script(?![^>]*(\ssrc=|\slang="ts"))[^>]*>/, 'no inline script'],
  [/\bon(click|load|error)="/, 'no inline handlers'],
  [/constructor\((private|public|protected|readonly) /, 'no parameter properties'],
  [/https?:\/\/(?!(www\.w3\.org|line\.me\/R\/share|[\w.-]*example\b|localhost))[a-z]/, 'no outside addresses'],
];

test.each(files.map((f) => relative(root, f)))('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  for (const [pattern, why] of never) expect(text.match(pattern)?.[0], why).toBeUndefined();
});

test('the lock names no registry', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
});
