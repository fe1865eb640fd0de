import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREELY, hereIn, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
const VERA = 'U0VERA';

/** What Ana types, what she is told, and the code it is recorded under. */
const REFUSED: readonly (readonly [line: string, told: RegExp, code: string])[] = [
  ['restrat shop/app', /There is no "restrat"\. Did you mean "restart"\?/i, 'INPUT_UNKNOWN_VERB'],
  ['restart shpo', /There is no service "shpo"\. Did you mean "shop"\?/i, 'INPUT_UNKNOWN_SUBJECT'],
  ['restart shop/ap', /There is no component "ap" in shop\. Did you mean "app"\?/, 'INPUT_UNKNOWN_SUBJECT'],
  [
    'restart shop@prodution',
    /There is no shop in "prodution"\. Did you mean "production"\?/,
    'INPUT_UNKNOWN_SUBJECT',
  ],
  ['restart shop/app; reboot', /"shop\/app;"|no component "app;"/, 'INPUT_UNKNOWN_SUBJECT'],
  ['restart --dry-run', /SUBJECT is missing/, 'INPUT_INVALID_VALUE'],
  [
    'restart bank/app',
    /could mean bank\/app@production or bank\/app@staging[\s\S]*Say which one/,
    'INPUT_AMBIGUOUS_SUBJECT',
  ],
  [
    'restart shop/app --dryrun',
    /There is no --dryrun here\. Did you mean "dry-run"\?[\s\S]*--dry-run/,
    'INPUT_UNKNOWN_FLAG',
  ],
  ['restart shop/app --batch 0', /--batch "0": is neither a number nor a percentage/, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --batch', /--batch wants a value/, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --at yesterday', /"yesterday" is not a time[\s\S]*Write 03:00/, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --at yesterday --dry-run', /"yesterday" is not a time/, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --at 2020-01-01', /is in the past/, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --reason xx', /--reason "xx": /, 'INPUT_INVALID_VALUE'],
  [`status ${'x'.repeat(600)}`, /a word of 600 characters, at most 500 are taken/i, 'INPUT_TOO_LONG'],
  [
    `status ${'shop '.repeat(500)}`,
    /that line has \d+ characters, at most 2000 are taken/i,
    'INPUT_TOO_LONG',
  ],
  ['restart shop/app\u0007', /Character 17 is the control character U\+0007/, 'INPUT_CONTROL_CHARACTER'],
  ['restart shop/app \u202e--dry-run', /control character U\+202e/, 'INPUT_CONTROL_CHARACTER'],
  [
    'restart shop/app --reason "never closed',
    /The quote at character \d+ is never closed/,
    'INPUT_UNBALANCED_QUOTE',
  ],
  ['show C-999', /There is no change C-999/, 'INPUT_NO_SUCH_ID'],
  ['show shop', /"shop" is not an id/, 'INPUT_NO_SUCH_ID'],
  ['logs shop/app --grep "("', /--grep "\(": is not a regular expression/, 'INPUT_INVALID_VALUE'],
  ['logs shop/app --tail 99999', /--tail "99999": /, 'INPUT_INVALID_VALUE'],
  ['restart shop/app --recreate', /shop\/app@production \(process\) cannot recreate/, 'INPUT_NOT_SUPPORTED'],
];

/** What phones and Slack make of a line; all of it is understood. */
const UNDERSTOOD: readonly string[] = [
  'restart shop/app --dry-run --reason “new certificate”',
  'restart shop/app —dry-run',
  'restart\u00a0shop/app\u2009–dry-run',
  'RESTART Shop/App dry-run=true reason="a &amp; b"',
  "restart shop/app --dry-run=true --reason='see <https://example.org/a|example.org/a>'",
  'restart shop/app --dry-run --reason "<https://example.org/a>"',
  '  restart   shop/app   --dry-run  ',
];

/** Who may not type here, or not this. */
const STRANGERS = [
  {
    who: 'somebody unknown',
    user: 'U0NEW',
    told: /does not know you \(slack:U0NEW\)[\s\S]*under people in botswain\.yaml/,
  },
  { who: 'a guest', user: 'U0GUEST', told: /Guests and people of other workspaces may not operate/ },
  { who: 'somebody of another workspace', user: 'U0ELSE', told: /not certain who typed that/i },
  {
    who: 'Ana in a channel of others',
    channel: 'C0RANDOM',
    told: /channel \(C0RANDOM\) is not one of Botswain's[\s\S]*operations or incidents/,
  },
  { who: 'Ana in a conversation with Ben', channel: 'D0ANABEN', told: /is not one of Botswain's/ },
  {
    who: 'a viewer who restarts',
    user: VERA,
    line: 'restart shop/app',
    told: /you may not run restart on shop@production[\s\S]*Type help/i,
  },
].map((stranger) => ({ user: ANA, channel: 'C0OPS', line: 'status', ...stranger }));

describe('what nobody should have typed', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: { policy: FREELY },
      targets: (yard) => ({ production: { there: hereIn(yard) }, staging: { there: hereIn(yard) } }),
      services: async (yard) => ({
        bank: serviceOf('bank', { app: await yard.program('vault') }, { target: 'there' }),
      }),
    });
    scene.slack.user('U0NEW', { name: 'new' });
    scene.slack.user('U0GUEST', { name: 'guest', is_restricted: true });
    scene.slack.user('U0ELSE', { name: 'else', team_id: 'T0ELSE' });
    scene.slack.channel('C0RANDOM');
    scene.slack.channel('D0ANABEN', { name: 'directmessage', is_private: true, bot_in: false });
  });
  afterAll(() => scene?.close());

  it.each(REFUSED)('%j is answered with what was wrong and what to do', async (line, told, code) => {
    const answer = await scene.asks(ANA, line);
    expect(answer).toMatch(told);
    expect(answer).toContain(code);
  });

  it.each(UNDERSTOOD)('%j is understood', async (line) => {
    const answer = await scene.asks(ANA, line);
    expect(answer).toContain('Nothing has been done');
    expect(answer).toMatch(/Restart shop\/app in production/);
  });

  it.each(STRANGERS)('$who is refused privately', async ({ user, channel, line, told }) => {
    expect(await scene.asks(user, line, channel)).toMatch(told);
  });

  it('a bot that mentions us is refused and nothing runs', async () => {
    const before = scene.slack.ephemerals(ANA).length;
    const extra = { bot_id: 'B0OTHER', subtype: 'bot_message' };
    await scene.slack.mention({ user: ANA, channel: 'C0OPS', text: 'restart shop/app', extra });
    await expect.poll(() => scene.slack.ephemerals(ANA).length, { timeout: 5_000 }).toBe(before + 1);
    expect(await scene.asks(ANA, 'whoami')).toMatch(/You are Ana/);
  });

  it('said nothing in public, did nothing, and recorded each of them once', async () => {
    expect(scene.slack.messages('C0OPS').filter(({ by_bot }) => by_bot)).toEqual([]);
    expect(scene.yard.starts('app') + scene.yard.starts('vault')).toBe(0);
    const refused = (await scene.audit()).filter(({ event }) => event === 'line refused');
    const codes = refused.map(({ code }) => code);
    expect(codes.slice(0, REFUSED.length)).toEqual(REFUSED.map(([, , code]) => code));
    expect(codes.slice(REFUSED.length)).toEqual([
      'DENIED_UNKNOWN_PERSON',
      'DENIED_GUEST',
      'DENIED_NOT_A_PERSON',
      'DENIED_CHANNEL',
      'DENIED_CHANNEL',
      'DENIED_POLICY',
      'DENIED_NOT_A_PERSON',
    ]);
    expect(refused.at(-4)).toMatchObject({ actor: 'ana', detail: { where: 'slack:C0RANDOM' } });
  });
});
