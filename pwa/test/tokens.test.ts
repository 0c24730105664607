import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

// Recomputes the contrast table of the design from the style sheet itself (WCAG 2, on the rounded sRGB values).

const css = readFileSync(join(import.meta.dirname, '../src/styles/tokens.css'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

type Theme = Map<string, [number, number, number]>;

function block(opening: string): string {
  const from = css.indexOf(opening);
  expect(from, `no block ${opening}`).toBeGreaterThanOrEqual(0);
  return css.slice(from + opening.length, css.indexOf('}', from));
}

function colours(text: string): Theme {
  const found: Theme = new Map();
  for (const [, name, l, c, h] of text.matchAll(/(--[\w-]+):\s*oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    found.set(String(name), rgb(Number(l), Number(c), Number(h)));
  }
  return found;
}

function rgb(l: number, c: number, h: number): [number, number, number] {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const L = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const M = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const S = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S,
    -1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S,
    -0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S,
  ];
  return linear.map((v) => {
    expect(v).toBeGreaterThan(-0.005); // in gamut, but for rounding
    expect(v).toBeLessThan(1.005);
    const u = Math.min(1, Math.max(0, v));
    return Math.round(255 * (u <= 0.0031308 ? 12.92 * u : 1.055 * u ** (1 / 2.4) - 0.055));
  }) as [number, number, number];
}

function luminance(c: readonly number[]): number {
  const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(theme: Theme, front: string, back: string): number {
  const of = (name: string) => {
    const c = theme.get(`--${name}`);
    expect(c, `no colour --${name}`).toBeDefined();
    return luminance(c!);
  };
  const [x, y] = [of(front), of(back)].sort((p, q) => q - p);
  return (x! + 0.05) / (y! + 0.05);
}

const light = colours(block(':root {'));
const dark = colours(block(':root[data-theme="dark"] {'));
const darkByDevice = colours(block(':root:not([data-theme="light"]) {'));

// front, back, what WCAG or we ask, and what the design found in light and dark.
const pairs: [string, string, number, number, number][] = [
  ['ink', 'paper', 7, 15.23, 15.86],
  ['ink', 'surface', 7, 16.38, 14.42],
  ['ink-2', 'paper', 7, 7.71, 9.67],
  ['ink-2', 'surface', 7, 8.29, 8.79],
  ['ink-2', 'sunk', 7, 7.12, 10.22],
  ['ink-3', 'paper', 4.5, 5.34, 6.74],
  ['ink-3', 'surface', 4.5, 5.75, 6.13],
  ['ink-3', 'sunk', 4.5, 4.94, 7.12],
  ['on-tetsu', 'tetsu', 7, 10.55, 12.63],
  ['on-tetsu', 'tetsu-hi', 7, 8.1, 14.23],
  ['tetsu', 'tetsu-tint', 7, 9.02, 9.52],
  ['link', 'surface', 4.5, 7.82, 9.94],
  ['on-ito', 'ito', 4.5, 5.56, 7.01],
  ['ito', 'surface', 4.5, 5.74, 6.21],
  ['ito', 'ito-tint', 4.5, 5.01, 5.18],
  ['ink', 'ito-tint', 7, 14.3, 12.02],
  ['on-yama', 'yama', 7, 8.72, 10.22],
  ['yama-ink', 'yama-tint', 4.5, 6.33, 8.45],
  ['matsu', 'matsu-tint', 4.5, 5.97, 7.58],
  ['danger', 'surface', 7, 7.37, 7.41],
  ['danger', 'danger-tint', 4.5, 6.4, 6.33],
  ['edge', 'surface', 3, 4.25, 3.6],
  ['edge', 'paper', 3, 3.95, 3.96],
  ['focus', 'surface', 3, 5.77, 9.85],
];

describe('the colours', () => {
  test('25 in each theme, and both dark blocks are the same', () => {
    expect(light.size).toBe(25);
    expect([...dark]).toEqual([...darkByDevice]);
    expect([...dark.keys()].sort()).toEqual([...light.keys()].sort());
  });

  test.each(pairs)('%s on %s is at least %d', (front, back, least, inLight, inDark) => {
    expect(contrast(light, front, back)).toBeGreaterThanOrEqual(least);
    expect(contrast(dark, front, back)).toBeGreaterThanOrEqual(least);
    expect(contrast(light, front, back)).toBeCloseTo(inLight, 1);
    expect(contrast(dark, front, back)).toBeCloseTo(inDark, 1);
  });

  // Pairs that the components use besides the table.
  test.each([
    ['paper', 'ink', 7],
    ['ink', 'sunk', 7],
    ['ink', 'yama-tint', 7],
    ['ink-2', 'tetsu-tint', 4.5],
    ['danger', 'paper', 4.5],
    ['link', 'paper', 4.5],
    ['link', 'sunk', 4.5],
    ['tetsu', 'surface', 4.5],
    ['focus', 'paper', 3],
    ['on-tetsu', 'tetsu', 4.5],
  ])('%s on %s is at least %d', (front, back, least) => {
    expect(contrast(light, front, back)).toBeGreaterThanOrEqual(least);
    expect(contrast(dark, front, back)).toBeGreaterThanOrEqual(least);
  });

  test('the browser bar wears the colour of the paper', () => {
    const hex = (t: Theme) => `#${t.get('--paper')!.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
    const page = readFileSync(join(import.meta.dirname, '../index.html'), 'utf8');
    expect(page).toContain(`content="${hex(light)}" media="(prefers-color-scheme: light)"`);
    expect(page).toContain(`content="${hex(dark)}" media="(prefers-color-scheme: dark)"`);
  });
});
