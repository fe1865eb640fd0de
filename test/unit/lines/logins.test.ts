import { expect, it } from 'vitest';
import { TerminalLogins } from '../../../src/lines/logins.ts';

const ana = { key: 'ana', name: 'Ana', roles: [] };
const ben = { key: 'ben', name: 'Ben', roles: [] };
const recorded = async (): Promise<void> => {};

const stage = () => {
  const time = { now: 0 };
  return { time, logins: new TerminalLogins(() => time.now) };
};

it('gives the session to whoever shows the ticket, once, after one person has confirmed its code', async () => {
  const { logins } = stage();
  const { code, ticket } = logins.offer('ana@host');
  expect(logins.take(ticket)).toBe('waiting');
  const typed = code.toLowerCase().replace('-', ' ');
  expect(await logins.confirm(typed, ana, recorded)).toMatchObject({ kind: 'succeeded', value: 'ana@host' });
  expect(await logins.confirm(code, ben, recorded)).toMatchObject({ kind: 'failed' });
  expect(logins.take(ticket)).toEqual({ person: 'ana' });
  expect(logins.take(ticket)).toBeUndefined();
});

it('does not count what could not be recorded', async () => {
  const { logins } = stage();
  const { code, ticket } = logins.offer('ana@host');
  const full = (): Promise<never> => Promise.reject(new Error('no space'));
  await expect(logins.confirm(code, ana, full)).rejects.toThrow('no space');
  expect(logins.take(ticket)).toBe('waiting');
});

it('tells one of two people yes, and gives nothing before that is on record', async () => {
  const { logins } = stage();
  const { code, ticket } = logins.offer('ana@host');
  const { promise: disk, resolve: goOn } = Promise.withResolvers<void>();
  const both = [ana, ben].map((person) => logins.confirm(code, person, () => disk));
  expect(logins.take(ticket)).toBe('waiting');
  goOn();
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['succeeded', 'failed']);
  expect(logins.take(ticket)).toEqual({ person: 'ana' });
});

it('counts no yes that comes on record after a logout or too late', async () => {
  const { logins, time } = stage();
  const out = logins.offer('a@host');
  const loggedOut = logins.confirm(out.code, ana, async () => logins.forget(ana));
  expect(await loggedOut).toMatchObject({ kind: 'failed', code: 'DENIED_STALE' });
  expect(logins.take(out.ticket)).toBeUndefined();
  const late = logins.offer('b@host');
  const tooLate = logins.confirm(late.code, ana, async () => {
    time.now += 10 * 60_000;
  });
  expect(await tooLate).toMatchObject({ kind: 'failed', code: 'DENIED_STALE' });
});

it('is over after ten minutes, after a logout, and after five wrong codes', async () => {
  const { logins, time } = stage();
  const late = logins.offer('a@host');
  time.now += 10 * 60_000;
  expect(logins.take(late.ticket)).toBeUndefined();
  const taken = logins.offer('b@host');
  await logins.confirm(taken.code, ana, recorded);
  logins.forget(ana);
  expect(logins.take(taken.ticket)).toBeUndefined();
  const guessed = logins.offer('c@host');
  for (let tries = 0; tries < 5; tries += 1)
    expect(await logins.confirm('AAAA-AAAA', ben, recorded)).toMatchObject({ kind: 'failed' });
  expect(await logins.confirm(guessed.code, ben, recorded)).toMatchObject({ kind: 'failed' });
  expect(await logins.confirm(guessed.code, ana, recorded)).toMatchObject({ kind: 'succeeded' });
});

it('forgets the oldest when a hundred wait', () => {
  const { logins } = stage();
  const first = logins.offer('first');
  const rest = Array.from({ length: 100 }, (_unused, index) => logins.offer(`t${index}`));
  expect(logins.take(first.ticket)).toBeUndefined();
  expect(rest.every(({ ticket }) => logins.take(ticket) === 'waiting')).toBe(true);
});
