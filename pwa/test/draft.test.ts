import { beforeEach, describe, expect, it, vi } from 'vitest';
import { empty, isEmpty, keepDraft, lengthOfNeed, readDraft, trimmed } from '../src/room/draft';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

describe('a draft', () => {
  it('survives, one for each event', () => {
    keepDraft('e1', { ...empty, who: '税理士', why: 'a\nb' });
    expect(readDraft('e1')).toEqual({ ...empty, who: '税理士', why: 'a\nb' });
    expect(readDraft('e2')).toEqual(empty);
  });

  it('is forgotten once it is empty', () => {
    keepDraft('e1', { ...empty, who: 'x' });
    keepDraft('e1', { ...empty, who: '  ' });
    expect(localStorage.getItem('goen.draft.e1')).toBeNull();
  });

  it.each(['', '{', '[]', 'null', '{"who":3}', '"x"'])('of another form (%s) is no draft', (kept) => {
    localStorage.setItem('goen.draft.e1', kept);
    expect(readDraft('e1')).toEqual(empty);
  });
});

it('counts characters of all blanks together, as the server does', () => {
  expect(lengthOfNeed({ who: ' 𠮷野 ', area: '船橋', why: 'あ', until: '', trade: 'zeirishi' })).toBe(5);
});

it('goes out in single lines', () => {
  expect(trimmed({ who: ' a\n b ', area: ' ', why: 'c\r\nd', until: '', trade: '' })).toEqual({ who: 'a b', area: '', why: 'c d', until: '', trade: '' });
  expect(isEmpty({ ...empty, trade: 'zeirishi' })).toBe(true);
});
