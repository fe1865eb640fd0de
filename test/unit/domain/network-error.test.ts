import { describe, expect, it } from 'vitest';
import { networkTrouble } from '../../../src/domain/network-error.ts';

const coded = (code: string, more: object = {}) =>
  Object.assign(new Error(`about ${code}`), { code, ...more });

describe('what a failed connection means', () => {
  it('finds the cause that fetch wraps and the first of several addresses', () => {
    const wrapped = new TypeError('fetch failed', {
      cause: new AggregateError([coded('ECONNREFUSED', { syscall: 'connect' })]),
    });
    expect(networkTrouble(wrapped)).toEqual({
      code: 'ECONNREFUSED',
      words: 'connection refused',
      beforeSending: true,
    });
  });

  it('takes a timeout of an established connection for one after sending', () => {
    expect(networkTrouble(coded('ETIMEDOUT', { syscall: 'connect' })).beforeSending).toBe(true);
    expect(networkTrouble(coded('ETIMEDOUT', { syscall: 'read' })).beforeSending).toBe(false);
  });

  it('is not sure about a reset, but is about one during the handshake', () => {
    expect(networkTrouble(coded('ECONNRESET')).beforeSending).toBe(false);
    const early = Object.assign(
      new Error('Client network socket disconnected before secure TLS connection was established'),
      { code: 'ECONNRESET' },
    );
    expect(networkTrouble(early).beforeSending).toBe(true);
  });

  it('passes on what it does not know', () => {
    expect(networkTrouble(new Error('odd'))).toEqual({ code: '', words: 'odd', beforeSending: false });
    expect(networkTrouble('odd').words).toBe('odd');
    expect(networkTrouble(undefined).beforeSending).toBe(false);
  });
});
