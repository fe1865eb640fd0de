import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redactJson } from '../../../src/domain/redaction.ts';

const secret = 'tr0ub4dor&3 /"ü\\+?~x';
const redact = createRedactor([secret]);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a known secret', () => {
  it.each([
    ['raw', secret],
    ['base64', base64(secret)],
    ['base64 without padding', base64(secret).replace(/=+$/, '')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['upper-case hexadecimal', Buffer.from(secret).toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded with small digits', encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase())],
    ['form-encoded', new URLSearchParams({ x: secret }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['JSON in ASCII', JSON.stringify(secret).slice(1, -1).replaceAll('ü', '\\u00fc')],
    ['HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['JSON inside of JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  ])('is hidden when it is %s', (_how, spelt) => {
    expect(redact(`before ${spelt} after ${spelt}`)).toBe('before [redacted] after [redacted]');
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'is hidden inside of longer text that was encoded whole, %i bytes in',
    (before) => {
      for (const after of ['', 'z', 'zz', 'zzz']) {
        const encoded = Buffer.from(`${'y'.repeat(before)}${secret}${after}`);
        for (const text of [encoded.toString('base64'), encoded.toString('base64url')]) {
          const shown = redact(text);
          expect(shown).toContain('[redacted]');
          const left = shown.replace('[redacted]', '');
          expect(left.length).toBeLessThan(text.length - Math.floor((Buffer.byteLength(secret) * 8) / 6) + 3);
        }
      }
    },
  );

  it('is hidden when lines were wrapped inside of it', () => {
    const long = randomBytes(60).toString('hex');
    const wrapped = `${base64(long).slice(0, 70)}\n${base64(long).slice(70)}`;
    const shown = createRedactor([long])(`${wrapped}\r\n${long.slice(0, 50)}\r\n${long.slice(50)}`);
    expect(shown).toBe('[redacted]\r\n[redacted]');
  });

  it('is hidden where the text was cut off in the middle of it', () => {
    expect(redact(`see ${secret.slice(0, 12)}`)).toBe('see [redacted]');
    expect(redact(`see ${secret.slice(0, 12)}… 300 characters left out`)).toBe(
      'see [redacted]… 300 characters left out',
    );
    expect(redact(`see ${secret.slice(0, 7)}`)).toBe(`see ${secret.slice(0, 7)}`);
    expect(redact(`see ${secret.slice(0, 12)} more`)).toBe(`see ${secret.slice(0, 12)} more`);
  });

  it('is hidden with and without the line feed its file ends with', () => {
    const fromFile = createRedactor(['hunter2hunter2\n']);
    expect(fromFile('a hunter2hunter2\nb')).toBe('a [redacted]b');
    expect(fromFile('a hunter2hunter2 b')).toBe('a [redacted] b');
  });

  it('is hidden line by line when it has several', () => {
    const lines = ['-----BEGIN SOMETHING-----', 'A'.repeat(64), 'B'.repeat(40), '-----END SOMETHING-----'];
    const redactKey = createRedactor([`${lines.join('\n')}\n`]);
    const shown = redactKey(`grep: ${'B'.repeat(40)} of ${lines[0]} there`);
    expect(shown).toBe(`grep: [redacted] of ${lines[0]} there`);
  });

  it('leaves no tail of another that begins inside of it', () => {
    expect(createRedactor(['abcdefgh', 'fghijklmnop'])('abcdefghijklmnop!')).toBe('[redacted]!');
    expect(createRedactor(['abcdef', 'abcdefghi'])('abcdefghi abcdef')).toBe('[redacted] [redacted]');
  });

  it('is not looked for when it is too short to mean anything', () => {
    const text = 'the user is root, the port 22, and      there is space';
    expect(createRedactor(['root', '22', '', '      ', ' 22222 '])(text)).toBe(text);
  });

  it('never stands in what comes out, whatever surrounds it', () => {
    const values = fc.array(fc.string({ minLength: 6, maxLength: 40, unit: 'binary' }), { maxLength: 4 });
    const around = fc.string({ maxLength: 20, unit: 'binary' });
    fc.assert(
      fc.property(values, around, around, (secrets, before, after) => {
        const usable = secrets.filter((value) => value.trim().length >= 6);
        fc.pre(usable.every((value) => !'[redacted]'.includes(value)));
        const shown = createRedactor(secrets)(`${before}${usable.join(after)}${after}`);
        return usable.every((value) => !shown.includes(value));
      }),
    );
  });
});

describe('what looks like a secret', () => {
  const unknown = createRedactor([]);
  const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaA'.repeat(9)}\n-----END OPENSSH PRIVATE KEY-----`;
  // Put together here, so that no scanner takes this file for a leak.
  const slack = ['xoxb', '1234567890', 'abcdefABCDEF'].join('-');
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmN'].join('.');

  it.each([
    ['a private key', `key: ${pem} end`, 'key: [redacted] end'],
    ['a private key in JSON', JSON.stringify({ pem }), '{"pem":"[redacted]"}'],
    ['a private key that was cut off', `x ${pem.slice(0, 70)}`, 'x [redacted]'],
    ['a JWT', `t=${jwt};`, 't=[redacted];'],
    ['a Slack token', `token ${slack}.`, 'token [redacted].'],
    ['an app token', `xapp-1-A0123456789-${'0'.repeat(12)}`, '[redacted]'],
    ['a Telegram token', `/bot123456789:${'Ab_-1'.repeat(7)}/getMe`, '/bot[redacted]/getMe'],
    ['an AWS key id', `AKIA${'ABCD1234'.repeat(2)}`, '[redacted]'],
    ['a GitHub token', `ghp_${'aB3'.repeat(12)} github_pat_${'aB_3'.repeat(9)}`, '[redacted] [redacted]'],
    ['an sk- key', `OPENAI=sk-proj-${'aB3'.repeat(12)}`, 'OPENAI=[redacted]'],
    ['a header', 'Authorization: Bearer abc.DEF_123', 'Authorization: Bearer [redacted]'],
    ['a header in JSON', '{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [redacted]"}'],
    ['a bearer by itself', `-H 'bearer ${'x1'.repeat(12)}'`, "-H 'bearer [redacted]'"],
    ['a password in a URL', 'mongodb://app:p@ss!w0rd@db:27017/x', 'mongodb://app:[redacted]@db:27017/x'],
    ['a variable', 'DB_PASSWORD=hunter2hunter2 HOME=/root', 'DB_PASSWORD=[redacted] HOME=/root'],
    ['a flag', '--api-key=abc123def456 --port=22', '--api-key=[redacted] --port=22'],
    ['a parameter', 'GET /hook?token=abc123def&x=1', 'GET /hook?token=[redacted]&x=1'],
    ['JSON', '{"client_secret":"abc123def456","id":7}', '{"client_secret":"[redacted]","id":7}'],
    ['JSON in JSON', '"{\\"password\\":\\"abc123def456\\"}"', '"{\\"password\\":\\"[redacted]\\"}"'],
    ['YAML', 'passphrase: tr0ub4dor', 'passphrase: [redacted]'],
    // By the rules of secretlint; put together here, so that no scanner takes this file for a leak.
    ['an npm token', `npm_${'aB3x'.repeat(9)}`, '[redacted]'],
    [
      'a Slack webhook',
      `https://hooks.slack.com/services/T0${'A1'.repeat(4)}/B0${'B2'.repeat(4)}/${'c3'.repeat(12)}`,
      '[redacted]',
    ],
    ['a SendGrid key', `SG.${'aB3'.repeat(7)}a.${'cD4'.repeat(14)}e`, '[redacted]'],
    ['a Stripe key', `rk_live_${'aB3'.repeat(10)}`, '[redacted]'],
    ['a GitLab token', `glpat-${'aB3x'.repeat(5)}`, '[redacted]'],
    [
      'a whole AWS key',
      `aws_secret_access_key = "${'aB3/'.repeat(10)}" #`,
      'aws_secret_access_key = "[redacted]" #',
    ],
    ['a Grafana token', `glsa_${'aB3x'.repeat(8)}_0123abcd`, '[redacted]'],
    ['a Vault token', `hvs.${'aB3x'.repeat(24)}`, '[redacted]'],
    ['a Hugging Face token', `hf_${'aBcD'.repeat(8)}eF`, '[redacted]'],
    ['a Docker token', `dckr_pat_${'aB3'.repeat(9)}`, '[redacted]'],
    ['a Tailscale key', `tskey-auth-${'aB3'.repeat(4)}-${'cD4'.repeat(8)}`, '[redacted]'],
    ['a password without a user', 'redis://:pass@cache:6379', 'redis://:[redacted]@cache:6379'],
  ])('hides %s', (_what, text, shown) => {
    expect(unknown(text)).toBe(shown);
    expect(unknown(shown)).toBe(shown);
  });

  it.each([
    'http://localhost:3000/path?user=a@b.c',
    'https://example.org/a:b@c',
    'mailto:ana@example.org, see http://x.example/',
    'at 12:34:56, 1234567890:short, ask-me-anything-about-this-kind-of-thing',
    'secretlint-disable',
    ['password=$', '{DB_PASSWORD} token=$TOKEN secret: { env: NAME }'].join(''),
    'the token: restart it, and the password: ask Ben',
    'account_id = 1234-5678-9012',
    'risk-assessment-of-the-very-long-kebab-case-name',
    'Authorization failed for Bearer of bad news',
    'eyJ is how a JWT begins; sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  ])('leaves %s', (text) => {
    expect(unknown(text)).toBe(text);
  });
});

it('redacts JSON at any depth, keys as well', () => {
  const value = { a: [secret, 1, null, { [secret]: `x${secret}` }], b: true };
  expect(redactJson(value, redact)).toEqual({
    a: ['[redacted]', 1, null, { '[redacted]': 'x[redacted]' }],
    b: true,
  });
});

describe('time', () => {
  const secrets = Array.from({ length: 50 }, (_, index) => randomBytes(20 + index).toString('base64'));
  const many = createRedactor(secrets);
  const bytes = 2_000_000;
  const repeated = (text: string) => text.repeat(Math.ceil(bytes / text.length));

  it.each([
    ['a log', 'time=2026-01-05T12:00:00Z level=info msg="GET /users?id=42" status=200\n'],
    ['beginnings of secrets', `${secrets[0]?.slice(0, 12)}\n\r\n`],
    ['beginnings of JWTs', 'eyJ-'],
    ['halves of JWTs', `eyJ${'a'.repeat(12)}.`],
    ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'],
    ['beginnings of URLs', 'a://b:c'],
    ['long user names', `a://${'b'.repeat(300)}:`],
    ['headers', 'authorization: bearer '],
    ['tokens', 'xoxb-'],
    ['digits', '1234567890:'],
    ['one letter', 'a'],
    ['names of secrets', 'token: '],
    ['nested names of secrets', 'token=token'],
  ])('grows with the text only: two megabytes of %s', (_what, text) => {
    const long = repeated(text);
    const once = timeOf(() => many(long));
    // 15 to 60 ms on the machine where it was measured; a quadratic pattern would take minutes.
    expect(once).toBeLessThan(1_500);
  });

  it.each([
    ['GitHub installation tokens', 'ghs_1_a.b.'],
    ['halves of GitHub installation tokens', 'ghs_1_'],
    ['halves of SendGrid keys', `SG.a.${'a'.repeat(260)} `],
    ['Stripe keys', `rk_live_${'aB3'.repeat(8)} `],
    ['Databricks tokens', `dapi${'0'.repeat(32)} `],
  ])('is bounded by the rules of the scanner: 200 kB of %s', (_what, text) => {
    const long = text.repeat(Math.ceil(200_000 / text.length));
    // 5 to 600 ms where it was measured.
    expect(timeOf(() => many(long))).toBeLessThan(4_000);
  });

  const timeOf = (what: () => void): number => {
    const before = performance.now();
    what();
    return performance.now() - before;
  };
});
