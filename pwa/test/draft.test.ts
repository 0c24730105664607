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

  it('keeps for whom it is', () => {
    const behalf = { trade: 'manufacturing', area: '船橋市', size: '30-99' };
    keepDraft('e1', { ...empty, behalf }); // chosen, and nothing written yet
    expect(readDraft('e1')).toEqual({ ...empty, behalf });
    localStorage.setItem('goen.draft.e1', '{"who":"x","behalf":{"trade":7,"name":"y"}}');
    expect(readDraft('e1')).toEqual({ ...empty, who: 'x', behalf: { trade: '', area: '', size: '' } });
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
  const behalf = { trade: 'manufacturing', area: ' 船橋\n市 ', size: '' };
  expect(trimmed({ ...empty, behalf }).behalf).toEqual({ ...behalf, area: '船橋 市' });
  expect('behalf' in trimmed(empty)).toBe(false);
  expect(isEmpty({ ...empty, trade: 'zeirishi' })).toBe(true);
});
