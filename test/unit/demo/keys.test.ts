import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { newPrivateKey } from '../../../src/demo/keys.ts';

it('every key that is made can be read', () => {
  // One in 250 could not: that all of these can by luck has a chance of one in 3,000.
  const unreadable = Array.from({ length: 2_000 }, () => ssh2.utils.parseKey(newPrivateKey('demo'))).filter(
    (key) => key instanceof Error,
  );
  expect(unreadable).toEqual([]);
});
