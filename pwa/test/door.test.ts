import { expect, test } from 'vitest';
import { readCode } from '../src/join/key';
import { dateField, evening } from '../src/join/zone';

test.each([
  ['7K2M-Q9XD', '7K2M-Q9XD'],
  ['7k2mq9xd', '7K2M-Q9XD'],
  ['７Ｋ２Ｍ　ｑ９ｘｄ', '7K2M-Q9XD'],
  [' 7k2m – q9xd ', '7K2M-Q9XD'],
  ['7K2M-Q9X', undefined],
  ['7K2M-Q9XDA', undefined],
  ['', undefined],
])('the typed code %j', (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

test('an evening may end after midnight', () => {
  const e = evening('2027-01-21', '19:00', '21:00');
  expect(e).toMatchObject({ night: false });
  expect((e?.endsAt ?? 0) - (e?.startsAt ?? 0)).toBe(2 * 3_600_000);
  const n = evening('2027-01-31', '22:00', '01:00');
  expect(n).toMatchObject({ night: true });
  expect((n?.endsAt ?? 0) - (n?.startsAt ?? 0)).toBe(3 * 3_600_000);
  expect(evening('', '19:00', '21:00')).toBeUndefined();
  expect(dateField(new Date(2027, 0, 5, 23, 59))).toBe('2027-01-05');
});
