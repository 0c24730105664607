import { describe, expect, test } from 'vitest';
import { href, match, paths, type Name } from '../src/router';

const at = (path: string) => match(new URL(path, 'https://goen.example'));

describe('the places', () => {
  test.each([
    ['/', 'home', {}],
    ['/host', 'host', {}],
    ['/j', 'code', {}],
    ['/j/', 'code', {}],
    ['/j/7K2MQ9XD', 'join', { event: '7K2MQ9XD' }],
    ['/e/abc', 'room', { event: 'abc' }],
    ['/e/abc/goen', 'goen', { event: 'abc' }],
    ['/e/abc/goen/i_1', 'introduction', { event: 'abc', id: 'i_1' }],
    ['/e/abc/list', 'list', { event: 'abc' }],
    ['/e/abc/card', 'card', { event: 'abc' }],
    ['/e/abc/people', 'people', { event: 'abc' }],
    ['/e/abc/people/p-1', 'person', { event: 'abc', id: 'p-1' }],
    ['/e/abc/contacts', 'contacts', { event: 'abc' }],
    ['/e/abc/desk', 'desk', { event: 'abc' }],
    ['/e/abc/screen', 'wall', { event: 'abc' }],
    ['/new', 'make', {}],
    ['/screen', 'screen', {}],
    ['/about', 'about', {}],
  ])('%s is %s', (path, name, params) => {
    expect(at(path)).toMatchObject({ name, params });
  });

  test.each(['/nothing', '/e', '/e/a b', '/e/abc/unknown', '/c/AbCd', '/api/events', '/sw.js', '/e/abc/goen/i/x', '/j/%2f'])('%s is none', (path) => {
    expect(at(path)).toBeUndefined();
  });

  test('the secret and the query come along', () => {
    const place = at('/j/abc?src=qr#S3cr-et_');
    expect(place?.hash).toBe('S3cr-et_');
    expect(place?.query.get('src')).toBe('qr');
  });

  test('href and match are each other’s way back', () => {
    for (const name of Object.keys(paths) as Name[]) {
      const path = (href as (name: string, params: object) => string)(name, { event: 'ev_1', id: 'x-2' });
      expect(at(path)?.name).toBe(name);
    }
    expect(href('introduction', { event: 'a', id: 'b' })).toBe('/e/a/goen/b');
    expect(href('home')).toBe('/');
  });
});
