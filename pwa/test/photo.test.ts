import { describe, expect, it } from 'vitest';
import { inside, squareOf } from '../src/card/photo';

describe('the circle', () => {
  it.each([
    [4000, 3000],
    [300, 4000],
    [512, 512],
  ])('never leaves a picture of %i x %i', (width, height) => {
    for (const x of [-1, 0, 0.3, 1, 2]) {
      for (const y of [-1, 0, 0.7, 1, 2]) {
        for (const zoom of [0.1, 1, 2.5, 99]) {
          const { left, top, size } = squareOf(inside({ x, y, zoom }, width, height), width, height);
          expect(left).toBeGreaterThanOrEqual(-1e-6);
          expect(top).toBeGreaterThanOrEqual(-1e-6);
          expect(left + size).toBeLessThanOrEqual(width + 1e-6);
          expect(top + size).toBeLessThanOrEqual(height + 1e-6);
        }
      }
    }
  });
});
